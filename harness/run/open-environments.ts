/**
 * Opens every environment of a run once, telling it what nodes the trials will ask of it, and closes all of them again.
 * An image or a template may be built here, which takes minutes: the user may well lose patience.
 */
import type { ExpectedNodes, OpenEnvironment, RunScope } from '../../environments/environment.ts';
import { allSettledOrThrow } from '../../environments/teardown.ts';
import { acceleratorsOf, isSameAccelerator } from '../../results/store/accelerator.ts';
import type { Manifest } from '../../results/store/records.ts';
import type { RunDir } from '../../results/store/run-dir.ts';
import type { Progress } from '../cli/progress/progress-event.ts';
import type { EnvironmentName, PlannedTrial } from '../foundation/cell.ts';
import { causeChain, StrataError } from '../foundation/errors.ts';
import type { RunSetting } from './run.ts';

export interface OpenedEnvironments extends AsyncDisposable {
  readonly opened: ReadonlyMap<EnvironmentName, OpenEnvironment>;
}

/**
 * When one cannot be opened, those opened before it are closed again.
 *
 * @returns null when the user interrupted the run meanwhile: then nothing is open
 */
export async function openEnvironments(
  run: RunDir,
  trials: readonly PlannedTrial[],
  setting: RunSetting,
): Promise<OpenedEnvironments | null> {
  const { environmentFor, progress, signal } = setting;
  const opened = new Map<EnvironmentName, OpenEnvironment>();
  const closeAll = () =>
    allSettledOrThrow([...opened.values()].map(async (open) => open[Symbol.asyncDispose]()));
  try {
    for (const name of environmentsOf(trials)) {
      signal.throwIfAborted();
      opened.set(name, await environmentFor(name).open(scopeOf(run, trials, name, setting)));
    }
    refuseMixedAccelerators(run.manifest, opened);
    return { opened, [Symbol.asyncDispose]: closeAll };
  } catch (error) {
    await closeAll().catch((failure: unknown) => tell(progress, 'an environment did not close', failure));
    if (!signal.aborted) throw error;
    // What breaks under an interruption is no bug; what else it may be must still be seen.
    if (error !== signal.reason) tell(progress, 'interrupted while an environment was opened', error);
    return null;
  }
}

export function environmentsOf(plan: readonly PlannedTrial[]): readonly EnvironmentName[] {
  return [...new Set(plan.map(({ cell }) => cell.env))];
}

function scopeOf(
  run: RunDir,
  trials: readonly PlannedTrial[],
  name: EnvironmentName,
  { workloadFor, progress, signal }: RunSetting,
): RunScope {
  return {
    runId: run.manifest.runId,
    logDir: run.logDir,
    signal,
    expected: expectedNodes(
      trials.filter(({ cell }) => cell.env === name),
      workloadFor,
    ),
    progress: (message) => progress.show({ kind: 'note', level: 'info', message }),
  };
}

/** Each set of nodes that trials will ask for once, in the order in which they are first asked for. */
export function expectedNodes(
  trials: readonly PlannedTrial[],
  workloadFor: RunSetting['workloadFor'],
): readonly ExpectedNodes[] {
  const cells = new Map(trials.map(({ cellKey, cell }) => [cellKey, cell]));
  const sets = [...cells.values()].map((cell): ExpectedNodes => {
    const nodes = workloadFor(cell.workload).topology(cell);
    return cell.boot === undefined ? { nodes } : { nodes, boot: cell.boot };
  });
  return [...new Map(sets.map((set) => [JSON.stringify(set), set])).values()];
}

/**
 * A resumed run may find KVM where it was begun without: its cells would then stand beside each other and not be
 * comparable.
 */
function refuseMixedAccelerators(
  manifest: Manifest,
  opened: ReadonlyMap<EnvironmentName, OpenEnvironment>,
): void {
  const now = Object.fromEntries([...opened].map(([name, { facts }]) => [name, facts]));
  const all = [
    ...[...acceleratorsOf(manifest)].map(([name, found]) => ({
      found,
      place: `${name} when the run was begun`,
    })),
    ...[...acceleratorsOf({ environments: now })].map(([name, found]) => ({ found, place: `${name} now` })),
  ];
  const [first] = all;
  const other = all.find(({ found }) => first !== undefined && !isSameAccelerator(first.found, found));
  if (first === undefined || other === undefined) return;
  const words = ({ found, place }: typeof first) =>
    `${place} has ${found.kind} with CPU model ${found.cpuModel}`;
  throw new StrataError({
    code: 'STRATA-E240',
    message: `one run must not mix accelerators: ${words(first)}, ${words(other)} (${other.found.reason})`,
    fix: 'start a new run: results of different accelerators cannot be compared',
  });
}

function tell(progress: Progress, what: string, error: unknown): void {
  const behind = error instanceof StrataError ? error.leftBehind : [];
  const rest = behind.length === 0 ? '' : `; left behind: ${behind.join(', ')} (npm run clean removes it)`;
  const message = `${what}: ${causeChain(error).join('; because ')}${rest}`;
  progress.show({ kind: 'note', level: 'warning', message });
}
