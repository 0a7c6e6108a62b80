/** How long a plan may take: from earlier trials of like cells, and from the rates it asks for. */
import type { Plan } from './expand.ts';

/** Earlier trials of a like cell: mean wall time of a whole trial, and of how many. */
export interface PastTrials {
  readonly meanMs: number;
  readonly n: number;
}

export type History = (cellKey: string) => PastTrials | undefined;

export interface Estimate {
  /** Sum over the trials with a past; null when no trial has one. */
  readonly knownMs: number | null;
  /** Trials whose cell never ran: their time is not in `knownMs`. */
  readonly unknownTrials: number;
  /** Earlier trials that the estimate rests on. */
  readonly pastTrials: number;
  /** What the paced loads take by themselves, known before anything ran; null when no load is paced. */
  readonly pacedMs: number | null;
}

export function estimateOf(plan: Plan, history: History): Estimate {
  const keys = new Set(plan.trials.map((trial) => trial.cellKey));
  const past = new Map([...keys].map((key) => [key, history(key)]));
  const known = plan.trials.map((trial) => past.get(trial.cellKey)?.meanMs).filter((ms) => ms !== undefined);
  return {
    knownMs: known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0),
    unknownTrials: plan.trials.length - known.length,
    pastTrials: [...past.values()].reduce((sum, found) => sum + (found?.n ?? 0), 0),
    pacedMs: pacedMs(plan),
  };
}

/** Requests over rate, warm-up too: no trial with an open loop is shorter, however fast the system. */
function pacedMs({ trials }: Plan): number | null {
  const spans = trials.flatMap(({ cell: { load, clients, requests, warmupRequests } }) =>
    load.kind === 'open' ? [((requests + warmupRequests) * clients * 1000) / load.ratePerS] : [],
  );
  return spans.length === 0 ? null : spans.reduce((sum, span) => sum + span, 0);
}

export function estimateSentence(
  plan: Plan,
  { knownMs, unknownTrials, pastTrials, pacedMs: paced }: Estimate,
): string {
  if (knownMs === null) {
    return `ETA: unknown. No cell of this plan has run before on this machine.${pacedSentence(paced)}`;
  }
  const basis = `from ${pastTrials} earlier trials of like cells`;
  if (unknownTrials === 0) return `ETA: ${formatSpan(knownMs)}, ${basis}.`;
  const known = plan.trials.length - unknownTrials;
  return `ETA: ${formatSpan(knownMs)} for ${known} of ${plan.trials.length} trials, ${basis}; for the other ${unknownTrials} there is none.${pacedSentence(paced)}`;
}

function pacedSentence(paced: number | null): string {
  if (paced === null) return '';
  return ` The paced load alone takes ${formatSpan(paced)} (requests ÷ rate, all trials).`;
}

/** Wall time for people: `0.4 s`, `12.0 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
