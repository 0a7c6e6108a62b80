/** Injects the faults of a cell while its workload is driven: each at its time after the start of the measurement. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../environments/environment.ts';
import type { Annotation, PreparedWorkload } from '../../workloads/workload.ts';
import type { Fault } from '../foundation/cell.ts';
import { asError, StrataError } from '../foundation/errors.ts';
import { formatFault } from '../plan/faults.ts';
import { strikes, type Strike } from './fault-strikes.ts';
import { chooseVictims } from './fault-victims.ts';

export interface FaultInjection extends AsyncDisposable {
  /** Starts the clock; call it when the first measured request is about to be sent. */
  readonly start: () => void;
  /** The measurement is over: nothing begins any more, and what stands still comes back now. Resolves when it has. */
  readonly finish: () => Promise<void>;
  /** Nodes that a fault has killed so far. */
  readonly deadNodes: ReadonlySet<string>;
  /** Nodes that cannot be asked any more: the dead ones, and those without their database. */
  readonly silentNodes: ReadonlySet<string>;
  /** What was done when, in host monotonic time (`process.hrtime.bigint()`). */
  readonly done: readonly Deed[];
  /** Faults whose time had not come when the measurement was over: the trial did not test what it says. */
  readonly missed: readonly Fault[];
  /** The first fault that could not be injected: nor did it then. */
  readonly failure: Error | undefined;
}

interface Deed {
  readonly hrtimeNs: bigint;
  readonly kind: string;
  readonly text: string;
}

export function armFaults(
  faults: readonly Fault[],
  nodes: readonly Node[],
  prepared: PreparedWorkload,
  seed: number,
): FaultInjection {
  const victims = chooseVictims(faults, nodes, seed);
  const [over, ended] = [new AbortController(), new AbortController()];
  const [deadNodes, silentNodes] = [new Set<string>(), new Set<string>()];
  const done: Deed[] = [];
  const missed: Fault[] = [];
  let failure: Error | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const strikeOf = (fault: Fault, victim: Node): Strike => ({
    ...{ fault, victim, prepared, isOver: over.signal, signal: ended.signal },
    nodeDies: () => [deadNodes, silentNodes].forEach((set) => set.add(victim.name)),
    databaseDies: () => silentNodes.add(victim.name),
    note: (text) => done.push({ hrtimeNs: process.hrtime.bigint(), kind: fault.kind, text }),
  });
  const inject = async (fault: Fault, victim: Node | undefined) => {
    await sleep(fault.atMs, undefined, { signal: over.signal }).catch(() => missed.push(fault));
    if (missed.includes(fault)) return;
    if (victim === undefined) throw noVictim(fault);
    await strikes[fault.kind](strikeOf(fault, victim));
  };
  const finish = async () => {
    over.abort();
    await running;
  };
  return {
    start() {
      const all = faults.map((fault, index) =>
        inject(fault, victims[index]).catch((error: unknown) => {
          if (!ended.signal.aborted) failure ??= asError(error);
        }),
      );
      running = Promise.all(all);
    },
    ...{ finish, deadNodes, silentNodes, done, missed },
    get failure() {
      return failure;
    },
    async [Symbol.asyncDispose]() {
      ended.abort();
      await finish();
    },
  };
}

function noVictim(fault: Fault): StrataError {
  return new StrataError({
    code: 'STRATA-E504',
    message: `the fault ${fault.kind} has no node to hit in this cell`,
    fix: 'kill-store needs a store that runs on a node of its own: use --shared-memory etcd',
  });
}

/** Faults on the samples' clock. */
export function faultAnnotations({ done }: FaultInjection, epochHrtimeNs: bigint): Annotation[] {
  return done.map(({ hrtimeNs, kind, text }) => ({ atNs: Number(hrtimeNs - epochHrtimeNs), kind, text }));
}

/** A trial whose faults came too late, in words. */
export function missedFaults({ missed }: FaultInjection): string[] {
  return missed.map((fault) => `the measurement was over before ${formatFault(fault)} could happen`);
}
