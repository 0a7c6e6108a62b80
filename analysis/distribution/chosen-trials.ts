/** Which few trials are looked into: a page cannot hold them all, and need not. Pure. */
import type { TrialRecord } from '../../results/store/records.ts';

export const mostChosen = 8;

/**
 * Of cells with faults first, then evenly over the others in the order given, so that small and large cells of every
 * environment are among them; of each cell the trial with the median throughput.
 */
export function chosenTrials(trials: readonly TrialRecord[], most = mostChosen): readonly TrialRecord[] {
  const cells = new Map<string, TrialRecord[]>();
  for (const trial of trials) cells.set(trial.cellKey, [...(cells.get(trial.cellKey) ?? []), trial]);
  const faulty = [...cells.values()].filter(([first]) => (first?.cell.faults.length ?? 0) > 0).slice(0, most);
  const others = [...cells.values()].filter((members) => !faulty.includes(members));
  return [...faulty, ...evenly(others, most - faulty.length)].flatMap(
    (members) => medianTrial(members) ?? [],
  );
}

function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  if (count <= 1) return list.slice(0, Math.max(0, count));
  const step = (list.length - 1) / (count - 1);
  const picked = new Set(Array.from({ length: count }, (_, index) => Math.round(index * step)));
  return list.filter((_, index) => picked.has(index));
}

function medianTrial(trials: readonly TrialRecord[]): TrialRecord | undefined {
  const speed = ({ metrics }: TrialRecord) => metrics?.throughputPerS ?? 0;
  return [...trials].sort((a, b) => speed(a) - speed(b))[Math.floor((trials.length - 1) / 2)];
}
