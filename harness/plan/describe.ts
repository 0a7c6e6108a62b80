/** What `--dry-run` shows: the trials in executed order and how long they took before, as a table or as JSON. */
import type { PlannedTrial } from '../foundation/cell.ts';
import { formatCounts } from './counts.ts';
import type { Plan } from './expand.ts';
import { formatFault } from './faults.ts';

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
}

/** JSON form of a plan; stable, versioned with the run directory. */
export interface PlanDocument {
  readonly name: string;
  readonly seed: number;
  readonly hash: string;
  readonly cells: number;
  readonly blocks: number;
  readonly estimate: Estimate;
  readonly trials: readonly (PlannedTrial & { readonly expectedMs: number | null })[];
}

const shownTrials = 200;
const noHistory: History = () => undefined;

export function planDocument(plan: Plan, history: History = noHistory): PlanDocument {
  const trials = plan.trials.map((trial) => ({
    ...trial,
    expectedMs: history(trial.cellKey)?.meanMs ?? null,
  }));
  const { name, trials: blocks } = plan.experiment;
  const { seed, hash } = plan;
  return { name, seed, hash, cells: plan.cells.length, blocks, estimate: estimateOf(plan, history), trials };
}

export function estimateOf(plan: Plan, history: History): Estimate {
  const keys = new Set(plan.trials.map((trial) => trial.cellKey));
  const past = new Map([...keys].map((key) => [key, history(key)]));
  const known = plan.trials.map((trial) => past.get(trial.cellKey)?.meanMs).filter((ms) => ms !== undefined);
  return {
    knownMs: known.length === 0 ? null : known.reduce((sum, ms) => sum + ms, 0),
    unknownTrials: plan.trials.length - known.length,
    pastTrials: [...past.values()].reduce((sum, found) => sum + (found?.n ?? 0), 0),
  };
}

/** Table of all trials, at most 200 rows, under a heading with everything they share. */
export function describePlan(plan: Plan, history: History = noHistory): string {
  const rows = plan.trials.slice(0, shownTrials).map((trial) => rowOf(trial, history));
  const hidden = plan.trials.length - rows.length;
  return [
    ...heading(plan),
    '',
    ...table([['trial', 'block', 'env', 'workload', 'store', 'replicas', 'clients', 'expected'], ...rows]),
    ...(hidden > 0 ? [`… and ${hidden} more trials; --dry-run --json lists all`] : []),
    '',
    estimateSentence(plan, estimateOf(plan, history)),
    '',
  ].join('\n');
}

function heading(plan: Plan): string[] {
  const { experiment, cells, trials, seed, hash } = plan;
  const { load, faults, limits } = experiment;
  const facts = [
    `${experiment.requests} requests a client after ${experiment.warmupRequests} warm-up`,
    load.kind === 'open' ? `open loop at ${load.ratePerS}/s` : 'closed loop',
    `shared memory ${experiment.sharedMemory}`,
    ...(limits.cpus === undefined ? [] : [`${limits.cpus} CPUs a node`]),
    ...(limits.memoryBytes === undefined ? [] : [`${limits.memoryBytes} bytes of memory a node`]),
    ...faults.map(formatFault),
  ];
  return [
    `Plan ${experiment.name}: ${cells.length} cells × ${experiment.trials} blocks = ${trials.length} trials`,
    `replicas ${formatCounts(experiment.replicas)} · clients ${formatCounts(experiment.clients)} · ${facts.join(' · ')}`,
    `seed ${seed} · hash ${hash.slice(0, 12)} · nothing was started`,
  ];
}

function rowOf({ id, block, cell, cellKey }: PlannedTrial, history: History): string[] {
  const past = history(cellKey);
  const factors = [cell.env, cell.workload, cell.store, String(cell.replicas), String(cell.clients)];
  return [id, String(block + 1), ...factors, past === undefined ? '–' : formatSpan(past.meanMs)];
}

function estimateSentence(plan: Plan, { knownMs, unknownTrials, pastTrials }: Estimate): string {
  if (knownMs === null) return 'ETA: unknown. No cell of this plan has run before on this machine.';
  const basis = `from ${pastTrials} earlier trials of like cells`;
  if (unknownTrials === 0) return `ETA: ${formatSpan(knownMs)}, ${basis}.`;
  const known = plan.trials.length - unknownTrials;
  return `ETA: ${formatSpan(knownMs)} for ${known} of ${plan.trials.length} trials, ${basis}; for the other ${unknownTrials} there is none.`;
}

/** Wall time for people: `0.4 s`, `12.0 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
