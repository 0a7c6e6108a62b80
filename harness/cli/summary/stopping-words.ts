/** Why a run ended when it did, in words: while it runs, in its summary, and as a doubt where the cap ended it. Pure. */
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import { counted, grouped } from '../../../analysis/report/numbers.ts';
import type { Warning } from '../../../analysis/report/report-model.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { stoppingRuleOf } from '../../../results/store/stopping-schema.ts';
import type { StoppingDecision, StoppingRule } from '../../foundation/stopping.ts';
import { precisionText } from '../../plan/repetition.ts';

type LabelOf = (cellKey: string) => string;

/** `block 7 of at most 30: 3 of 12 intervals wider than ±5 %, the widest ±8.2 % (p95 of …)`. */
export function decisionWords(decision: StoppingDecision, rule: StoppingRule, labelOf: LabelOf): string {
  return `block ${decision.block + 1} of at most ${rule.mostBlocks}: ${reasonWords(decision, rule)}${widestWords(decision, labelOf)}`;
}

function reasonWords({ reason, intervals, wide }: StoppingDecision, rule: StoppingRule): string {
  const target = precisionText(rule);
  const all = `all ${counted(intervals, 'interval')} within ${target}`;
  if (reason === 'narrow') return `${all} in two blocks in succession`;
  if (reason === 'once') return `${all} for the first time`;
  if (reason === 'cap' && wide === 0) return `the cap was reached with ${all}, not yet twice in succession`;
  const state = `${grouped(wide)} of ${counted(intervals, 'interval')} wider than ${target}`;
  if (reason === 'cap') return `the cap was reached with ${state}`;
  return reason === 'least' ? `at least ${rule.leastBlocks} are run; ${state}` : state;
}

function widestWords({ widest }: StoppingDecision, labelOf: LabelOf): string {
  if (widest === null) return '';
  const { metric, cellKey, relativeHalfWidth, trials } = widest;
  const of = `${metric} of ${labelOf(cellKey)}`;
  if (relativeHalfWidth === null) return `; ${of} has no interval yet (${counted(trials, 'usable trial')})`;
  return `, the widest ±${(100 * relativeHalfWidth).toFixed(1)} % (${of})`;
}

/** What ended the run, or that nothing has yet; nothing for a run whose number of trials was fixed. */
export function stoppingWords(manifest: Manifest, decisions: readonly StoppingDecision[]): string[] {
  const rule = stoppingRuleOf(manifest);
  if (rule === null) return [];
  const last = decisions.at(-1);
  const plan = `Trials were planned until every 95 % interval of throughput, p50 and p95 reached at most ${precisionText(rule)}, from ${rule.leastBlocks} to ${rule.mostBlocks} blocks, whatever the comparisons`;
  if (last === undefined) return [`${plan}; no block has been finished.`];
  const words = `${reasonWords(last, rule)}${widestWords(last, labelIn(manifest))}`;
  return last.decision === 'stop'
    ? [`${plan}; stopped after ${counted(last.block + 1, 'block')}: ${words}.`]
    : [`${plan}; after ${counted(last.block + 1, 'block')}: ${words}.`];
}

/** Ended by the cap, a run does not have the precision that was asked for. */
export function cappedWarning(manifest: Manifest, decisions: readonly StoppingDecision[]): Warning[] {
  const rule = stoppingRuleOf(manifest);
  const last = decisions.at(-1);
  if (rule === null || last?.reason !== 'cap' || last.wide === 0) return [];
  return [
    {
      code: 'precision-not-reached',
      message: `${reasonWords(last, rule)}${widestWords(last, labelIn(manifest))}`,
      advice: `--max-trials ${2 * rule.mostBlocks}, more --requests a trial, or a wider --precision; a narrower interval needs trials in proportion to its square`,
    },
  ];
}

function labelIn({ plan }: Manifest): LabelOf {
  return (cellKey) => {
    const trial = plan.find((planned) => planned.cellKey === cellKey);
    return trial === undefined ? cellKey : cellLabel(trial.cell);
  };
}
