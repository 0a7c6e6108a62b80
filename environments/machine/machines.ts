/**
 * What the machines of a run share: QEMU, image, network, directory, key and templates. One for all environments of
 * a run that have machines, so that `vm` and `docker-vm` in one experiment meet on one network and leave one mark.
 */
import { rm } from 'node:fs/promises';
import type { EnvironmentFacts, RunScope } from '../environment.ts';
import { checkedName } from '../object-names.ts';
import { makeSshKey, type SshKey } from '../ssh/keys.ts';
import { endThenThrow } from '../teardown.ts';
import { hostFacts, openMachineHost, type MachineHost } from './machine-host.ts';
import { templateOf, type MachineKind } from './machine-kind.ts';
import { usualNetwork, type MachineNetwork, type OpenMachineNetwork } from './machine-network.ts';
import { makeMachineRunDirectory, reapMachines } from './machine-run.ts';
import { shapeKey } from './shape.ts';
import type { Template } from './template.ts';

/** Disposing it removes network and directory once its last user has. */
export interface Machines extends AsyncDisposable {
  readonly host: MachineHost;
  readonly network: MachineNetwork;
  /** Host directory of the run's machines. */
  readonly directory: string;
  readonly clientKey: SshKey;
  readonly facts: EnvironmentFacts;
  /** Made when first asked for. */
  readonly templateFor: (kind: MachineKind) => Promise<Template>;
}

interface Shared {
  users: number;
  readonly opening: Promise<Machines>;
}

const openRuns = new Map<string, Shared>();

/** Booting is CPU time: machines that boot together on few cores each take as long as all of them. */
export function bootTimeoutMs(machineCount: number): number {
  return 5 * 60_000 + 30_000 * machineCount;
}

/** The first of a run decides on the network. */
export async function openMachines(scope: RunScope, openNetwork = usualNetwork()): Promise<Machines> {
  checkedName('run', scope.runId);
  scope.signal.throwIfAborted();
  const shared = openRuns.get(scope.runId) ?? { users: 0, opening: open(scope, openNetwork) };
  openRuns.set(scope.runId, shared);
  shared.users += 1;
  let isUsed = true;
  const release = async () => {
    if (!isUsed) return;
    isUsed = false;
    shared.users -= 1;
    if (shared.users > 0) return;
    openRuns.delete(scope.runId);
    await (await shared.opening)[Symbol.asyncDispose]();
  };
  try {
    return { ...(await shared.opening), [Symbol.asyncDispose]: release };
  } catch (error) {
    isUsed = false;
    openRuns.delete(scope.runId);
    throw error;
  }
}

async function open(scope: RunScope, openNetwork: OpenMachineNetwork): Promise<Machines> {
  const { runId, signal } = scope;
  // One process carries out a run at a time, so what bears its id now was left by one that was killed.
  await reapMachines((other) => other !== runId, signal);
  const host = await openMachineHost(scope);
  const directory = await makeMachineRunDirectory(runId);
  const removeDirectory = () => rm(directory, { recursive: true, force: true, maxRetries: 5 });
  try {
    const network = await openNetwork(runId, signal);
    return {
      ...{ host, network, directory, clientKey: makeSshKey(runId) },
      facts: { ...hostFacts(host), network: network.description },
      templateFor: templates(scope, host, network, directory),
      [Symbol.asyncDispose]: async () => {
        await network[Symbol.asyncDispose]();
        await removeDirectory();
      },
    };
  } catch (error) {
    return await endThenThrow(error, removeDirectory);
  }
}

function templates(
  { runId, signal, progress }: RunScope,
  host: MachineHost,
  network: MachineNetwork,
  directory: string,
): Machines['templateFor'] {
  const made = new Map<string, Promise<Template>>();
  const setting = { runId, host, network, directory, bootTimeoutMs: bootTimeoutMs(1) };
  return (kind) => {
    const key = `${kind.role} ${shapeKey(kind.shape)}`;
    const known = made.get(key) ?? templateOf(setting, kind, { signal, progress });
    made.set(key, known);
    // One that could not be made is tried again by the next trial.
    known.catch(() => made.delete(key));
    return known;
  };
}
