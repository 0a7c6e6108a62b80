/** Faults against the cells they would strike: what cannot happen is refused, what will stall is announced. */
import type { Cell, Fault } from '../foundation/cell.ts';
import { placeOf, type Experiment } from './experiment.ts';
import { faultEndMs, formatFault } from './faults.ts';
import { planCodes, type Problem } from './problems.ts';
import { formatDuration } from './quantities.ts';

/** A doubt about a plan that is nevertheless run; joins the warnings of the summary. */
export interface PlanNote {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

export function faultProblems(experiment: Experiment, cells: readonly Cell[]): Problem[] {
  return [
    ...tooManyAtOnce(experiment),
    ...storesToKill(experiment),
    ...databasesToKill(experiment),
    ...faultsBeyondTheEnd(experiment, cells),
  ];
}

export function faultNotes(experiment: Experiment, cells: readonly Cell[]): PlanNote[] {
  return [
    ...stallNotes(experiment, cells),
    ...storeNotes(experiment),
    ...peerNotes(experiment, cells),
    ...durabilityNotes(experiment, cells),
    ...endNotes(experiment, cells),
  ];
}

/** Replicas that can fail while n = 2f+1 go on answering. */
export function tolerated(replicas: number): number {
  return Math.floor((replicas - 1) / 2);
}

/** One that has been struck and is not itself again cannot be struck once more. */
function tooManyAtOnce(experiment: Experiment): Problem[] {
  const faults = experiment.faults.filter(({ kind }) => kind !== 'kill-store');
  const struckAt = ({ atMs }: Fault) =>
    faults.filter((other) => other.atMs <= atMs && faultEndMs(other) > atMs).length;
  const most = Math.max(0, ...faults.map(struckAt));
  const few = experiment.replicas.filter((replicas) => replicas < most);
  if (few.length === 0) return [];
  const message = `fault: ${most} replicas are to be out at one time, and replicas contains ${few.join(', ')} (${placeOf(experiment, 'replicas')})`;
  const fix = `Allowed: faults of at most ${Math.min(...few)} at one time with these replicas, or at least ${most} replicas.`;
  return [impossible(experiment, message, fix)];
}

function storesToKill(experiment: Experiment): Problem[] {
  const kill = experiment.faults.find((fault) => fault.kind === 'kill-store');
  if (kill === undefined || !experiment.workload.includes('mysql')) return [];
  const message = `fault: ${formatFault(kill)} has no store to end with workload mysql (${placeOf(experiment, 'workload')}): every instance has its own`;
  return [
    impossible(
      experiment,
      message,
      'Write kill-database, or kill-replica, which ends an instance with its database.',
    ),
  ];
}

function databasesToKill(experiment: Experiment): Problem[] {
  const kill = experiment.faults.find((fault) => fault.kind === 'kill-database');
  const others = experiment.workload.filter((name) => name !== 'mysql');
  if (kill === undefined || others.length === 0) return [];
  const message = `fault: ${formatFault(kill)} has no database to end with workload ${others.join(', ')} (${placeOf(experiment, 'workload')})`;
  return [impossible(experiment, message, 'Take workload mysql alone, or write kill-replica.')];
}

/** A trial ends with its last request; the longest it can take is known even when the speed is not. */
function faultsBeyondTheEnd(experiment: Experiment, cells: readonly Cell[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const cell of experiment.faults.length === 0 ? [] : cells) {
    const endMs = latestEndMs(cell);
    const late = experiment.faults.find((fault) => fault.atMs >= endMs);
    if (late === undefined) continue;
    const message = `fault: ${formatFault(late)} lies beyond the trial with ${cell.clients} clients: ${endReason(cell, endMs)}`;
    const fix = `Allowed: times before ${formatDuration(endMs)}, or more requests.`;
    problems.set(message, impossible(experiment, message, fix));
  }
  return [...problems.values()];
}

function latestEndMs({ load, mysql, clients, requests, requestTimeoutMs }: Cell): number {
  if (load.kind === 'open') return Math.round((requests * clients * 1000) / load.ratePerS);
  return mysql === undefined ? requests * requestTimeoutMs : Infinity;
}

function endReason({ load, clients, requests, requestTimeoutMs }: Cell, endMs: number): string {
  const end = formatDuration(endMs);
  return load.kind === 'open'
    ? `${requests * clients} requests at ${load.ratePerS}/s are sent in ${end}`
    : `${requests} requests a client end after ${end} even if each takes the whole timeout of ${formatDuration(requestTimeoutMs)}`;
}

function stallNotes({ faults }: Experiment, cells: readonly Cell[]): PlanNote[] {
  const kills = killCount(faults);
  const counts = new Set(cells.filter(({ mysql }) => mysql === undefined).map(({ replicas }) => replicas));
  const stalling = [...counts].filter((replicas) => kills > tolerated(replicas));
  if (kills === 0 || stalling.length === 0) return [];
  const cases = stalling.map((replicas) => `${replicas} (f = ${tolerated(replicas)})`).join(', ');
  return [
    {
      code: 'stalls-by-design',
      message: `${kills} killed of ${cases} replicas: more than f, so these trials will stall by design`,
      advice:
        'Their trials end as failed with a stall report. For a run that survives, kill at most f replicas.',
    },
  ];
}

/** Where the store is a node at all: without ONSET the fault is refused. */
function storeNotes(experiment: Experiment): PlanNote[] {
  if (!experiment.faults.some((fault) => fault.kind === 'kill-store')) return [];
  return [
    {
      code: 'stalls-by-design',
      message: 'the one store is killed: trials will stall by design',
      advice:
        'Their trials end as failed with a stall report: ONSET orders nothing without its shared memory.',
    },
  ];
}

/** What inserters cannot outlive under the policy they are given. */
function peerNotes({ faults }: Experiment, cells: readonly Cell[]): PlanNote[] {
  const inserters = cells.filter(({ mysql }) => mysql !== undefined);
  const fatal = faults.find((fault) => inserters.some((cell) => isFatal(fault, cell)));
  if (fatal === undefined) return [];
  const isForGood = faultEndMs(fatal) === Infinity;
  return [
    {
      code: 'fails-by-design',
      message: `${formatFault(fatal)}: trials of workload mysql that cannot go on without what it ends will fail by design`,
      advice: isForGood
        ? 'For a run that goes on without it: --on-peer-loss drop-and-report and at least 2 replicas, mode replicated; or bring a database back: kill-database@2s+3s.'
        : 'For a run that goes on without it: --on-peer-loss retry or drop-and-report, mode replicated.',
    },
  ];
}

function isFatal(fault: Fault, { mysql, replicas }: Cell): boolean {
  if (fault.kind !== 'kill-replica' && fault.kind !== 'kill-database') return false;
  if (faultEndMs(fault) !== Infinity) return mysql?.onPeerLoss === 'fail';
  return mysql?.mode === 'baseline' || replicas === 1 || mysql?.onPeerLoss !== 'drop-and-report';
}

/** What was answered and not yet written is gone with the server: the proof says so, and the trial fails. */
function durabilityNotes({ faults }: Experiment, cells: readonly Cell[]): PlanNote[] {
  const kill = faults.find((fault) => fault.kind === 'kill-database' && faultEndMs(fault) !== Infinity);
  if (kill === undefined || !cells.some(({ mysql }) => mysql?.durability === 0)) return [];
  return [
    {
      code: 'may-lose-inserts',
      message: `${formatFault(kill)} with durability 0: a server that is killed loses about the last second of what it answered, and the proof will miss it`,
      advice: 'Take durability 1 or 2 (2 survives the end of the server, not that of its machine).',
    },
  ];
}

function endNotes({ faults }: Experiment, cells: readonly Cell[]): PlanNote[] {
  const last = faults.at(-1);
  if (last === undefined || cells.every(({ load }) => load.kind === 'open')) return [];
  return [
    {
      code: 'fault-may-come-late',
      message: `in a closed loop a trial ends with its last request; if that is before ${formatDuration(last.atMs)}, ${formatFault(last)} does not happen`,
      advice: 'Give enough requests, or a rate, so that the measurement outlasts the fault.',
    },
  ];
}

function killCount(faults: readonly Fault[]): number {
  return faults.filter((fault) => fault.kind === 'kill-replica').length;
}

function impossible(experiment: Experiment, message: string, fix: string): Problem {
  return { code: planCodes.impossibleFault, place: placeOf(experiment, 'fault'), message, fix };
}
