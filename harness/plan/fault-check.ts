/** Faults against the cells they would strike: what cannot happen is refused, what will stall is announced. */
import type { Fault } from '../foundation/cell.ts';
import { placeOf, type Experiment } from './experiment.ts';
import { formatFault } from './faults.ts';
import { planCodes, type Problem } from './problems.ts';
import { formatDuration } from './quantities.ts';

/** A doubt about a plan that is nevertheless run; joins the warnings of the summary. */
export interface PlanNote {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

export function faultProblems(experiment: Experiment): Problem[] {
  return [...tooManyKills(experiment), ...faultsBeyondTheEnd(experiment)];
}

export function faultNotes(experiment: Experiment): PlanNote[] {
  return [...stallNotes(experiment), ...storeNotes(experiment), ...endNotes(experiment)];
}

/** Replicas that can fail while n = 2f+1 go on answering. */
export function tolerated(replicas: number): number {
  return Math.floor((replicas - 1) / 2);
}

function tooManyKills(experiment: Experiment): Problem[] {
  const kills = killCount(experiment.faults);
  const few = experiment.replicas.filter((replicas) => replicas < kills);
  if (few.length === 0) return [];
  const message = `fault: ${kills} replicas are to be killed, and replicas contains ${few.join(', ')} (${placeOf(experiment, 'replicas')})`;
  const fix = `Allowed: at most ${Math.min(...few)} kill-replica with these replicas, or at least ${kills} replicas.`;
  return [impossible(experiment, message, fix)];
}

/** A trial ends with its last request; the longest it can take is known even when the speed is not. */
function faultsBeyondTheEnd(experiment: Experiment): Problem[] {
  return experiment.clients.flatMap((clients) => {
    const endMs = latestEndMs(experiment, clients);
    const late = experiment.faults.find((fault) => fault.atMs >= endMs);
    if (late === undefined) return [];
    const message = `fault: ${formatFault(late)} lies beyond the trial with ${clients} clients: ${endReason(experiment, clients, endMs)}`;
    return [
      impossible(experiment, message, `Allowed: times before ${formatDuration(endMs)}, or more requests.`),
    ];
  });
}

function latestEndMs(experiment: Experiment, clients: number): number {
  const { load, requests, requestTimeoutMs } = experiment;
  return load.kind === 'open'
    ? Math.round((requests * clients * 1000) / load.ratePerS)
    : requests * requestTimeoutMs;
}

function endReason({ load, requests, requestTimeoutMs }: Experiment, clients: number, endMs: number): string {
  const end = formatDuration(endMs);
  return load.kind === 'open'
    ? `${requests * clients} requests at ${load.ratePerS}/s are sent in ${end}`
    : `${requests} requests a client end after ${end} even if each takes the whole timeout of ${formatDuration(requestTimeoutMs)}`;
}

function stallNotes(experiment: Experiment): PlanNote[] {
  const kills = killCount(experiment.faults);
  const stalling = experiment.replicas.filter((replicas) => kills > tolerated(replicas));
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

function endNotes(experiment: Experiment): PlanNote[] {
  const last = experiment.faults.at(-1);
  if (last === undefined || experiment.load.kind === 'open') return [];
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
