/** How long a run will still take, from the trials it has finished. */

export interface FinishedTrial {
  readonly cellKey: string;
  readonly durationMs: number;
}

/**
 * Sum over the remaining trials of the mean duration of finished trials of the same cell, or of all finished trials
 * where that cell has none yet; the time the current trial has already run is taken off its own share.
 *
 * @param remaining - cell keys of the trials not finished; the current one first.
 * @returns milliseconds, or null while nothing has finished.
 */
export function etaMs(
  remaining: readonly string[],
  finished: readonly FinishedTrial[],
  currentElapsedMs: number,
): number | null {
  if (finished.length === 0) return null;
  const byCell = new Map<string, number[]>();
  for (const { cellKey, durationMs } of finished) {
    byCell.set(cellKey, [...(byCell.get(cellKey) ?? []), durationMs]);
  }
  const overall = mean(finished.map(({ durationMs }) => durationMs));
  const expected = remaining.map((cellKey) => {
    const durations = byCell.get(cellKey);
    return durations === undefined ? overall : mean(durations);
  });
  const [current = 0, ...later] = expected;
  return Math.max(0, current - currentElapsedMs) + later.reduce((sum, value) => sum + value, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
