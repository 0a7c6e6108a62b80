/**
 * Ends a run after the block that its stopping rule says. Each decision is made from what is stored and stored itself
 * before anything follows from it, so that a run killed at any instant goes on with the same rule.
 */
import { decideAfter } from '../../analysis/adaptive/decide.ts';
import { cellLabel } from '../../analysis/report/cell-label.ts';
import { stoppingRuleOf } from '../../results/store/stopping-schema.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import type { RunDir } from '../../results/store/run-dir.ts';
import type { Progress } from '../cli/progress/progress-event.ts';
import { decisionWords } from '../cli/summary/stopping-words.ts';

export interface Stopping {
  /** Whether the run has ended with this block, all of whose trials have been tried. */
  endsAfter(block: number): Promise<boolean>;
}

/** @param records gives all attempts stored so far */
export function openStopping(
  run: RunDir,
  records: () => readonly TrialRecord[],
  progress: Progress,
): Stopping {
  const rule = stoppingRuleOf(run.manifest);
  if (rule === null) return { endsAfter: () => Promise.resolve(false) };
  const cells = new Map(run.manifest.plan.map(({ cellKey, cell }) => [cellKey, cell]));
  const labelOf = (cellKey: string) => {
    const cell = cells.get(cellKey);
    return cell === undefined ? cellKey : cellLabel(cell);
  };
  const decided = new Map(run.stopping.map((decision) => [decision.block, decision]));
  return {
    async endsAfter(block) {
      // Before the first block there is nothing to decide by.
      if (block < 0) return false;
      const known = decided.get(block);
      if (known !== undefined) return known.decision === 'stop';
      const made = decideAfter(block, rule, [...cells.keys()], records());
      const decision = { ...made, atIso: new Date().toISOString() };
      await run.appendStopping(decision);
      decided.set(block, decision);
      progress.show({ kind: 'note', level: 'info', message: decisionWords(decision, rule, labelOf) });
      return decision.decision === 'stop';
    },
  };
}
