/**
 * Where the level or spread of a series within one trial changes: PELT (Killick, Fearnhead, Eckley, "Optimal detection
 * of changepoints with a linear computational cost", JASA 2012), the exact minimum of
 *
 *   Σ over segments [ C(segment) + β ],   C(s, t) = (t − s) · (ln(v + r²) + 1),   β = 15 · ln n,
 *
 * v being the segment's variance about its own mean (divisor t − s): twice the negative log-likelihood of a normal
 * segment with its own mean and variance, less a constant. β as Barrett et al., "Virtual machine warmup blows hot and
 * cold" (OOPSLA 2017). r is the resolution: without it a run of equal values would cost −∞. Because ln(v + r²) is
 * concave in v, splitting never raises the cost, which is what PELT's pruning rests on.
 *
 * A description of one trial, not an inference over trials.
 */

/** A spread needs two values. */
export const shortestSegment = 2;

export function changePointPenalty(n: number): number {
  return 15 * Math.log(n);
}

/**
 * @param series values at equal distances in time, any unit
 * @param resolution differences smaller than this carry no information; > 0, in the unit of the series, and no less than
 * a millionth of its range, beyond which sums of squares lose it
 * @returns ascending 0-based indices at which a new segment begins; empty when nothing changes
 * @throws RangeError for values that are not finite or a resolution that is not positive
 */
export function changePointsWithinTrial(series: readonly number[], resolution: number): readonly number[] {
  refuseUnusable(series, resolution);
  const n = series.length;
  const cost = segmentCost(series, resolution);
  const penalty = changePointPenalty(n);
  const best = new Float64Array(n + 1).fill(Infinity);
  const previous = new Int32Array(n + 1);
  best[0] = -penalty;
  let candidates: Candidate[] = [{ start: 0, until: Infinity }];
  for (let end = shortestSegment; end <= n; end += 1) {
    if (end >= 2 * shortestSegment) candidates.push({ start: end - shortestSegment, until: Infinity });
    candidates = candidates.filter(({ until }) => until > end);
    for (const { start } of candidates) {
      const total = (best[start] ?? Infinity) + cost(start, end) + penalty;
      if (total >= (best[end] ?? Infinity)) continue;
      best[end] = total;
      previous[end] = start;
    }
    prune(candidates, end, best, cost);
  }
  return backtrack(previous, n);
}

interface Candidate {
  /** Where the last segment would begin. */
  readonly start: number;
  /** From this end on another start is never worse. */
  until: number;
}

/** What `start` loses to a change at `end` it loses for good, but only once a segment that begins at `end` is long enough. */
function prune(
  candidates: readonly Candidate[],
  end: number,
  best: Float64Array,
  cost: (start: number, end: number) => number,
): void {
  for (const candidate of candidates) {
    if ((best[candidate.start] ?? Infinity) + cost(candidate.start, end) < (best[end] ?? Infinity)) continue;
    candidate.until = Math.min(candidate.until, end + shortestSegment);
  }
}

/** By sums over the centred series, so that the difference of two of them keeps its digits. */
function segmentCost(series: readonly number[], resolution: number): (start: number, end: number) => number {
  const n = series.length;
  const centre = series.reduce((sum, value) => sum + value, 0) / n;
  const sums = new Float64Array(n + 1);
  const squares = new Float64Array(n + 1);
  series.forEach((value, index) => {
    sums[index + 1] = (sums[index] ?? 0) + (value - centre);
    squares[index + 1] = (squares[index] ?? 0) + (value - centre) ** 2;
  });
  return (start, end) => {
    const length = end - start;
    const mean = ((sums[end] ?? 0) - (sums[start] ?? 0)) / length;
    const variance = ((squares[end] ?? 0) - (squares[start] ?? 0)) / length - mean * mean;
    return length * (Math.log(Math.max(0, variance) + resolution * resolution) + 1);
  };
}

function backtrack(previous: Int32Array, n: number): number[] {
  const starts: number[] = [];
  for (let end = n; end > 0; end = previous[end] ?? 0) starts.unshift(previous[end] ?? 0);
  return starts.slice(1);
}

function refuseUnusable(series: readonly number[], resolution: number): void {
  if (!(resolution > 0)) throw new RangeError(`a resolution of ${resolution} tells no difference from noise`);
  const bad = series.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`value ${bad} of the series is ${series[bad] ?? 'missing'}`);
}
