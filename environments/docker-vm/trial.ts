/** The nodes of one trial: one machine for all of them, and in it a container each. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import type { BootMode } from '../../harness/foundation/cell.ts';
import { connectEngine, type Engine } from '../docker/engine.ts';
import type { EngineImage } from '../docker/image.ts';
import { createNetworkOn } from '../docker/network.ts';
import { addressCounter, startContainers } from '../docker/trial.ts';
import type { Booted, FailureDetecting, Node, RunScope, StartedNodes, TrialScope } from '../environment.ts';
import { guestDirectories } from '../machine/identity.ts';
import { explained } from '../machine/machine-failure.ts';
import { machineSpec, type MachineKind } from '../machine/machine-kind.ts';
import type { Attachment, MachineNetwork } from '../machine/machine-network.ts';
import { claimTrialDirectory } from '../machine/machine-run.ts';
import { bootTimeoutMs, type Machines } from '../machine/machines.ts';
import { startNodeMachine, type NodeMachine } from '../machine/node-machine.ts';
import { checkedName } from '../object-names.ts';
import { endThenThrow, onceAtATime } from '../teardown.ts';
import { engineTunnel } from './engine-tunnel.ts';

/** What the trials of an open environment share. */
export interface OpenDockerVmRun {
  readonly scope: RunScope;
  readonly machines: Machines;
  readonly route: NonNullable<MachineNetwork['route']>;
  readonly image: EngineImage;
  readonly kindOf: (trial: Pick<TrialScope, 'nodes'>) => MachineKind;
  readonly started: Set<StartedNodes>;
}

export const machineName = 'docker-host';

/** Containers start one after the other on an emulated processor: 15 of them take more than a minute. */
const engineTimeoutMs = 5 * 60_000;

/**
 * Under software emulation with several processors a guest can die of instructions it has just replaced ("Oops: int3"):
 * QEMU 7.2 may keep a translation of the breakpoint that stood there for an instant. Starting containers replaces many;
 * of some 60 machines one died of it. It is a failed boot like any other: tried once more, and recorded.
 */
const attempts = 2;

export async function startTrial(run: OpenDockerVmRun, trial: TrialScope): Promise<StartedNodes> {
  trial.signal.throwIfAborted();
  checkedName('trial', trial.trialId);
  for (const spec of trial.nodes) checkedName('node', spec.name);
  const boot = trial.boot ?? 'warm';
  const kind = run.kindOf(trial);
  if (boot === 'warm') await run.machines.templateFor(kind);
  const stack: AsyncDisposable[] = [];
  const started: StartedNodes = {
    nodes: [],
    [Symbol.asyncDispose]: onceAtATime(async () => {
      await unwind(stack);
      run.started.delete(started);
    }),
  };
  run.started.add(started);
  try {
    const nodes = await startInAttempts(run, trial, { boot, kind }, stack);
    trial.signal.throwIfAborted();
    return Object.assign(started, { nodes });
  } catch (error) {
    return await endThenThrow(error, () => started[Symbol.asyncDispose]());
  }
}

async function unwind(stack: AsyncDisposable[]): Promise<void> {
  for (let last = stack.at(-1); last !== undefined; last = stack.at(-1)) {
    await last[Symbol.asyncDispose]();
    stack.pop();
  }
}

async function startInAttempts(
  run: OpenDockerVmRun,
  trial: TrialScope,
  how: { readonly boot: BootMode; readonly kind: MachineKind },
  stack: AsyncDisposable[],
): Promise<readonly (Node & Booted & FailureDetecting)[]> {
  for (let attempt = 1, failures: readonly string[] = []; ; attempt += 1) {
    try {
      return await startNodes(run, trial, { ...how, attempt, failures }, stack);
    } catch (error) {
      if (attempt === attempts || trial.signal.aborted || !diedByItself(error)) throw error;
      const words = causeChain(error).join(': ');
      run.scope.progress(`${machineName} died while its containers started (${words}); trying once more`);
      failures = [...failures, words];
      await unwind(stack);
    }
  }
}

function diedByItself(error: unknown): boolean {
  return error instanceof StrataError && (error.code === 'STRATA-E422' || diedByItself(error.cause));
}

interface Attempt {
  readonly boot: BootMode;
  readonly kind: MachineKind;
  /** 1, 2 … */
  readonly attempt: number;
  /** Why those before it failed, in words. */
  readonly failures: readonly string[];
}

/** What it acquires goes onto the stack, to be ended from the top. */
async function startNodes(
  run: OpenDockerVmRun,
  trial: TrialScope,
  { failures: earlier, ...how }: Attempt,
  stack: AsyncDisposable[],
): Promise<readonly (Node & Booted & FailureDetecting)[]> {
  const { scope, image } = run;
  const { network } = run.machines;
  const { signal } = trial;
  const directory = await claimTrialDirectory(run.machines.directory, trial.trialId);
  stack.push({ [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) });
  const attachments = await network.attach(1, signal);
  stack.push(attachments);
  const [attachment] = attachments.list;
  if (attachment === undefined) throw new Error('the machine was not attached to the network');
  const machine = await startMachineOf(run, trial, { ...how, directory, attachment });
  stack.push(machine);
  const route = await run.route(attachment.address, signal);
  stack.push(route);
  const engine = engineIn(machine, attachment.address, signal);
  const containers = await startContainers(
    {
      ...{ engine, scope, image, started: new Set() },
      network: await createNetworkOn(engine, scope.runId, route.subnet, signal),
      nextAddress: addressCounter(route.subnet),
    },
    trial,
    // They end with their machine: taking each down before would cost time, and fail when the machine is gone.
    async () => machine[Symbol.asyncDispose](),
  );
  stack.push(containers);
  const { timeline, failures, failed } = machine;
  return containers.nodes.map((node) => ({
    ...node,
    ...{ machine: machineName, bootTimeline: timeline, bootFailures: [...earlier, ...failures], failed },
  }));
}

interface MachineStart extends Omit<Attempt, 'failures'> {
  readonly directory: string;
  readonly attachment: Attachment;
}

async function startMachineOf(
  run: OpenDockerVmRun,
  trial: TrialScope,
  { boot, kind, attempt, directory, attachment }: MachineStart,
): Promise<NodeMachine> {
  const { host, clientKey } = run.machines;
  const { runId } = run.scope;
  const logDir = path.join(run.scope.logDir, trial.trialId, machineName);
  await mkdir(logDir, { recursive: true });
  const serialLog = path.join(logDir, attempt === 1 ? 'serial.log' : `serial-${attempt}.log`);
  const own = {
    name: `strata-${runId}-${trial.trialId}`,
    nics: attachment.nics,
    socketDir: directory,
    serialLog,
  };
  return startNodeMachine({
    ...{ runId, directory, logDir, clientKey, bootTimeoutMs: bootTimeoutMs(1), signal: trial.signal },
    node: { name: machineName, storage: 'disk' },
    program: host.qemu.system.path,
    origin: boot === 'warm' ? { template: await run.machines.templateFor(kind) } : { disks: kind.disks },
    spec: (origin) => machineSpec(host, kind, own, origin),
    ...{ attachment, directories: guestDirectories },
    cgroupProcsFiles: [],
  });
}

function engineIn({ machine, ssh }: NodeMachine, address: string, signal: AbortSignal): Engine {
  const from = 'the machine of the trial';
  const engine = connectEngine(
    { kind: 'tunnel', url: `ssh://${address}`, from, agent: engineTunnel(ssh) },
    { timeoutMs: engineTimeoutMs },
  );
  return {
    ...engine,
    call: async (what, work, limits) => {
      try {
        return await engine.call(what, work, limits);
      } catch (error) {
        // That an engine is gone with its machine tells nothing; what ended the machine does.
        throw ssh.hasEnded() ? await explained(error, machine, signal) : error;
      }
    },
  };
}
