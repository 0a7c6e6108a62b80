/** What `--dry-run` shows: the trials in executed order and how long they took before, as a table or as JSON. */
import { isVarying, cellFactors } from '../../analysis/report/cell-label.ts';
import { mysqlFactorNames } from '../../analysis/report/mysql-factors.ts';
import type { Cell, PlannedTrial } from '../foundation/cell.ts';
import type { StoppingRule } from '../foundation/stopping.ts';
import { hypothesesHash } from '../foundation/hypotheses-hash.ts';
import type { Hypothesis } from '../foundation/hypothesis.ts';
import { formatCounts } from './counts.ts';
import {
  estimateOf,
  estimateSentence,
  formatSpan,
  type Estimate,
  type History,
  type PastTrials,
} from './estimate.ts';
import type { Plan } from './expand.ts';
import type { PlanNote } from './fault-check.ts';
import { formatFault } from './faults.ts';
import { hypothesisLines } from './hypotheses/describe.ts';
import { formatLimits } from './node-limits.ts';
import { precisionText } from './repetition.ts';

/** JSON form of a plan; stable, versioned with the run directory. */
export interface PlanDocument {
  readonly name: string;
  readonly seed: number;
  readonly hash: string;
  readonly cells: number;
  /** Under a stopping rule the most there may be. */
  readonly blocks: number;
  readonly stopping: StoppingRule | null;
  readonly estimate: Estimate;
  /** Of the blocks that are run in any case; null without a stopping rule. */
  readonly leastEstimate: Estimate | null;
  /** As they go into the manifest, with their fingerprint. */
  readonly hypotheses: readonly Hypothesis[];
  readonly hypothesesHash: string;
  /** Doubts about the plan, which is run all the same. */
  readonly notes: readonly PlanNote[];
  readonly trials: readonly (PlannedTrial & { readonly expectedMs: number | null })[];
}

const shownTrials = 200;
const noHistory: History = () => undefined;

export function planDocument(
  plan: Plan,
  history: History = noHistory,
  notes: readonly PlanNote[] = [],
): PlanDocument {
  const trials = plan.trials.map((trial) => ({
    ...trial,
    expectedMs: history(trial.cellKey)?.meanMs ?? null,
  }));
  const { name, trials: blocks, stopping } = plan.experiment;
  const { seed, hash, hypotheses } = plan;
  return {
    name,
    seed,
    hash,
    cells: plan.cells.length,
    blocks,
    stopping,
    estimate: estimateOf(plan, history),
    leastEstimate: stopping === null ? null : estimateOf(leastOf(plan, stopping), history),
    hypotheses,
    hypothesesHash: hypothesesHash(hypotheses),
    notes,
    trials,
  };
}

/** Table of all trials, at most 200 rows, under a heading with everything they share. */
export function describePlan(
  plan: Plan,
  history: History = noHistory,
  notes: readonly PlanNote[] = [],
): string {
  const columns = columnsOf(plan, history);
  const rows = plan.trials.slice(0, shownTrials).map((trial) => columns.map(([, cell]) => cell(trial)));
  const hidden = plan.trials.length - rows.length;
  return [
    ...heading(plan),
    '',
    ...hypothesisLines(plan.hypotheses, hypothesesHash(plan.hypotheses)),
    ...table([columns.map(([title]) => title), ...rows]),
    ...(hidden > 0 ? [`… and ${hidden} more trials; --dry-run --json lists all`] : []),
    '',
    ...estimateLines(plan, history),
    ...notes.flatMap(({ message, advice }) => [`! ${message}`, `  → ${advice}`]),
    '',
  ].join('\n');
}

function heading(plan: Plan): string[] {
  const { experiment, cells, seed, hash } = plan;
  const { faults, limits } = experiment;
  const clients = [...new Set(cells.map((cell) => cell.clients))].sort((a, b) => a - b);
  const isOnset = cells.some(({ mysql }) => mysql === undefined);
  const facts = [
    `${experiment.requests} ${isOnset ? 'requests a client' : 'inserts a loop'} after ${experiment.warmupRequests} warm-up`,
    ...(isOnset ? onsetFacts(experiment) : []),
    ...mysqlFacts(cells),
    `limits a node ${limits.map(formatLimits).join(' | ')}`,
    ...(cells.some(({ boot }) => boot !== undefined) ? [`boot ${experiment.boot.join(' | ')}`] : []),
    ...faults.map(formatFault),
  ];
  return [
    `Plan ${experiment.name}: ${sizeText(plan)}`,
    `replicas ${formatCounts(experiment.replicas)} · clients ${formatCounts(clients)} · ${facts.join(' · ')}`,
    `seed ${seed} · hash ${hash.slice(0, 12)} · nothing was started`,
  ];
}

/** `4 cells × 3 blocks = 12 trials`, or from the least to the most of them. */
function sizeText({ experiment: { trials: blocks, stopping }, cells, trials }: Plan): string {
  if (stopping === null) return `${cells.length} cells × ${blocks} blocks = ${trials.length} trials`;
  const { leastBlocks, mostBlocks } = stopping;
  const least = cells.length * leastBlocks;
  return `${cells.length} cells × ${leastBlocks} to ${mostBlocks} blocks = ${least} to ${trials.length} trials, until every 95 % interval of throughput, p50 and p95 is within ${precisionText(stopping)}`;
}

/** How long it takes if nothing ends it early, and at least. */
function estimateLines(plan: Plan, history: History): string[] {
  const { stopping } = plan.experiment;
  const all = estimateSentence(plan, estimateOf(plan, history));
  if (stopping === null) return [all];
  const least = leastOf(plan, stopping);
  return [
    `At least ${stopping.leastBlocks} blocks. ${estimateSentence(least, estimateOf(least, history))}`,
    `At most ${stopping.mostBlocks} blocks. ${all}`,
  ];
}

function leastOf(plan: Plan, { leastBlocks }: StoppingRule): Plan {
  return { ...plan, trials: plan.trials.filter(({ block }) => block < leastBlocks) };
}

function onsetFacts({ load, sharedMemory }: Plan['experiment']): string[] {
  const loop = load.kind === 'open' ? `open loop at ${load.ratePerS}/s` : 'closed loop';
  return [loop, `shared memory ${sharedMemory}`];
}

/** `inserts/min 60 | 600 | max`, of all cells that have it. */
function mysqlFacts(cells: readonly Cell[]): string[] {
  const inserting = cells.filter(({ mysql }) => mysql !== undefined).map(cellFactors);
  return mysqlFactorNames.flatMap((name) => {
    const values = new Set(inserting.flatMap((factors) => factors.get(name) ?? []));
    return values.size === 0 ? [] : [`${name} ${[...values].join(' | ')}`];
  });
}

type Column = readonly [title: string, cell: (trial: PlannedTrial) => string];

/** What all trials share stands in the heading; boot, limits and what mysql has are columns where they are compared. */
function columnsOf({ experiment, cells }: Plan, history: History): readonly Column[] {
  const factors = new Map(cells.map((cell) => [cell, cellFactors(cell)]));
  const all = [...factors.values()].map((texts) => ({ factors: texts }));
  const compared = mysqlFactorNames.filter((name) => isVarying(all, name));
  const isBootFactor = new Set(cells.flatMap(({ boot }) => boot ?? [])).size > 1;
  return [
    ['trial', ({ id }) => id],
    ['block', ({ block }) => String(block + 1)],
    ['env', ({ cell }) => cell.env],
    ...(isBootFactor ? [['boot', ({ cell }) => cell.boot ?? '–'] satisfies Column] : []),
    ...(experiment.aa ? [['label', ({ cell }) => cell.label ?? '–'] satisfies Column] : []),
    ['workload', ({ cell }) => cell.workload],
    ['store', ({ cell }) => cell.store],
    ['replicas', ({ cell }) => String(cell.replicas)],
    ['clients', ({ cell }) => String(cell.clients)],
    ...compared.map((name): Column => [name, ({ cell }) => factors.get(cell)?.get(name) ?? '–']),
    ...(experiment.limits.length > 1 ? [['limits', ({ cell }) => formatLimits(cell)] satisfies Column] : []),
    ['expected', ({ cellKey }) => expected(history(cellKey))],
  ];
}

function expected(past: PastTrials | undefined): string {
  return past === undefined ? '–' : formatSpan(past.meanMs);
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
