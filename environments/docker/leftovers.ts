/** Everything in the engine that carries a run id, and its removal. */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { Leftover } from '../environment.ts';
import { removeContainer } from './container.ts';
import type { Engine } from './engine.ts';
import { refusalStatus } from './engine-errors.ts';
import { runLabel } from './names.ts';

interface EngineLeftover extends Leftover {
  readonly kind: 'container' | 'network' | 'volume';
  readonly id: string;
}

/** Containers first: they hold networks and volumes. */
const removalOrder = ['container', 'network', 'volume'] as const;

/** Of one run, or of all runs. */
export async function listLeftovers({ docker, call }: Engine, runId?: string): Promise<EngineLeftover[]> {
  const filters = { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`] };
  const [containers, networks, volumes] = await Promise.all([
    call('list containers', (abortSignal) => docker.listContainers({ all: true, filters, abortSignal })),
    call('list networks', (abortSignal) => docker.listNetworks({ filters, abortSignal })),
    call('list volumes', (abortSignal) => docker.listVolumes({ filters, abortSignal })),
  ]);
  return [
    ...containers.map(({ Id: id, Names: [name], Labels: labels }) => ({
      kind: 'container' as const,
      ...{ id, name: name?.replace(/^\//, '') ?? id, runId: labels[runLabel] ?? '' },
    })),
    ...networks.map(({ Id: id, Name: name, Labels: labels }) => ({
      kind: 'network' as const,
      ...{ id, name, runId: labels?.[runLabel] ?? '' },
    })),
    ...((volumes.Volumes as typeof volumes.Volumes | null) ?? []).map(({ Name: name, Labels: labels }) => ({
      kind: 'volume' as const,
      ...{ id: name, name, runId: (labels as Record<string, string> | null)?.[runLabel] ?? '' },
    })),
  ];
}

/** Removes all that can be removed before it fails (E413) with the names of what stays. */
export async function removeLeftovers(
  engine: Engine,
  leftovers: readonly EngineLeftover[],
): Promise<Leftover[]> {
  const removed: Leftover[] = [];
  const failures: { name: string; reason: unknown }[] = [];
  for (const kind of removalOrder) {
    const work = leftovers.filter((leftover) => leftover.kind === kind);
    const outcomes = await Promise.allSettled(work.map((leftover) => remove(engine, leftover)));
    outcomes.forEach((outcome, index) => {
      const leftover = work[index];
      if (leftover === undefined) return;
      const { name, runId } = leftover;
      if (outcome.status === 'fulfilled') removed.push({ kind, name, runId });
      else failures.push({ name: `${kind} ${name}`, reason: outcome.reason });
    });
  }
  if (failures.length > 0) throw notRemoved(failures);
  return removed;
}

export function notRemoved(failures: readonly { name: string; reason: unknown }[]): StrataError {
  const names = failures.map(({ name }) => name);
  return new StrataError({
    code: 'STRATA-E413',
    message: `could not remove ${names.join(', ')}`,
    fix: 'when the engine answers again: strata clean',
    cause: failures[0]?.reason,
    leftBehind: names,
  });
}

async function remove(engine: Engine, { kind, id, name }: EngineLeftover): Promise<void> {
  if (kind === 'container') return removeContainer(engine, id);
  const { docker, call } = engine;
  await call(`remove ${kind} ${name}`, async (abortSignal) => {
    const object = kind === 'network' ? docker.getNetwork(id) : docker.getVolume(id);
    try {
      await object.remove({ abortSignal });
    } catch (error) {
      if (refusalStatus(error) !== 404) throw error;
    }
  });
}

/** Names of everything in the engine that carries the run id, as an outsider finds it. For tests and `clean`. */
export async function dockerRemnants(engine: Engine, runId: string): Promise<string[]> {
  return (await listLeftovers(engine, runId)).map(({ kind, name }) => `${kind} ${name}`);
}
