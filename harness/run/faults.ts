/**
 * Injects the faults of a cell while its workload is driven: each at its time after the start of the measurement.
 * Which replica is hit follows from the trial's seed, so that a trial can be repeated.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isPausable, type Node } from '../../environments/environment.ts';
import type { Annotation } from '../../workloads/workload.ts';
import type { Fault } from '../foundation/cell.ts';
import { asError, StrataError } from '../foundation/errors.ts';

export interface FaultInjection extends AsyncDisposable {
  /** Starts the clock; call it when the first measured request is about to be sent. */
  start(): void;
  /** Nodes that a fault has killed so far. */
  readonly deadNodes: ReadonlySet<string>;
  /** What was done when, in host monotonic time (`process.hrtime.bigint()`). */
  readonly done: readonly { readonly hrtimeNs: bigint; readonly kind: string; readonly text: string }[];
  /** The first fault that could not be injected: then the trial did not test what it says. */
  readonly failure: Error | undefined;
}

/** Assigns each fault its node: replicas in a seeded order so that repeated kills hit different ones. */
export function chooseVictims(
  faults: readonly Fault[],
  nodes: readonly Node[],
  seed: number,
): readonly (Node | undefined)[] {
  const replicas = nodes.filter(({ name }) => name.startsWith('replica-'));
  const store = nodes.find(({ name }) => name === 'store');
  let next = replicas.length === 0 ? 0 : seed % replicas.length;
  return faults.map((fault) => {
    if (fault.kind === 'kill-store') return store;
    const victim = replicas[next % replicas.length];
    next += 1;
    return victim;
  });
}

export function armFaults(faults: readonly Fault[], nodes: readonly Node[], seed: number): FaultInjection {
  const victims = chooseVictims(faults, nodes, seed);
  const controller = new AbortController();
  const deadNodes = new Set<string>();
  const done: { hrtimeNs: bigint; kind: string; text: string }[] = [];
  let failure: Error | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const inject = async (fault: Fault, victim: Node | undefined) => {
    await sleep(fault.atMs, undefined, { signal: controller.signal });
    if (victim === undefined) throw noVictim(fault);
    const note = (text: string) => done.push({ hrtimeNs: process.hrtime.bigint(), kind: fault.kind, text });
    if (fault.kind === 'pause-replica') {
      await pauseFor(victim, fault.durationMs ?? 1000, controller.signal, note);
      return;
    }
    deadNodes.add(victim.name);
    note(`${victim.name} killed`);
    await victim.kill();
  };

  return {
    start() {
      running = Promise.all(
        faults.map((fault, index) =>
          inject(fault, victims[index]).catch((error: unknown) => {
            if (!controller.signal.aborted) failure ??= asError(error);
          }),
        ),
      );
    },
    deadNodes,
    done,
    get failure() {
      return failure;
    },
    async [Symbol.asyncDispose]() {
      controller.abort();
      await running;
    },
  };
}

async function pauseFor(
  node: Node,
  durationMs: number,
  signal: AbortSignal,
  note: (text: string) => void,
): Promise<void> {
  if (!isPausable(node)) {
    throw new StrataError({
      code: 'STRATA-E505',
      message: `${node.name} cannot be paused: this environment has no such ability`,
      fix: 'choose kill-replica, or another environment',
    });
  }
  note(`${node.name} paused`);
  await node.pause();
  try {
    await sleep(durationMs, undefined, { signal });
  } finally {
    // A node left paused could not be asked anything during verification.
    await node.resume();
    note(`${node.name} resumed`);
  }
}

function noVictim(fault: Fault): StrataError {
  return new StrataError({
    code: 'STRATA-E504',
    message: `the fault ${fault.kind} has no node to hit in this cell`,
    fix: 'kill-store needs a store that runs on a node of its own: use --shared-memory etcd',
  });
}

/** Faults on the samples' clock. */
export function faultAnnotations(injection: FaultInjection, epochHrtimeNs: bigint): Annotation[] {
  return injection.done.map(({ hrtimeNs, kind, text }) => ({
    atNs: Number(hrtimeNs - epochHrtimeNs),
    kind,
    text,
  }));
}
