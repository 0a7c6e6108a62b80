/** Decides linearizability of a tiny history by trying every order: the reference the real checker is held to. */
import { applyToCounter, counterOperations } from './counter.ts';
import type { HistoryRow } from './history-rows.ts';

/** Knows no positions: answered requests must all be placed, unanswered ones may be left out. */
export function isLinearizable(rows: readonly HistoryRow[]): boolean {
  return canPlace(rows, 0);
}

function canPlace(rest: readonly HistoryRow[], value: number): boolean {
  if (rest.every(({ doneNs }) => doneNs === null)) return true;
  const earliestDoneNs = Math.min(...rest.map(({ doneNs }) => doneNs ?? Infinity));
  return rest.some((row) => {
    if (row.sendNs > earliestDoneNs) return false;
    const after = applyToCounter(value, counterOperations[row.operation] ?? 'get');
    if (row.doneNs !== null && row.value !== after) return false;
    return canPlace(
      rest.filter((other) => other !== row),
      after,
    );
  });
}
