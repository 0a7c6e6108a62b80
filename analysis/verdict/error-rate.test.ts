/** At the boundary of the margin, where the claim is just not true, "supported" must stay as rare as was promised. */
import { expect, it } from 'vitest';
import { judgeHypotheses } from './judge.ts';
import { hypothesis, onDisk, onRam, stored } from './verdict.fixture.ts';

const runs = 400;
const trials = 6;

/** A generator of the seeded normal kind: sums of twelve uniforms of a linear congruence are near enough. */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => Array.from({ length: 12 }, uniform).reduce((sum, value) => sum + value, -6);
}

it.each([
  ['at-least', 1.5, 1.5],
  ['at-most', 0.5, 0.5],
  ['differs', 1, 1],
  ['equivalent', 1.1, 1.1],
] as const)(
  '%s %d, with a ratio of %d: at most 33 of 400 runs are supported',
  (claim, margin, ratio) => {
    const normal = normals(20_000 + Math.round(1000 * margin));
    const figures = (level: number) => Array.from({ length: trials }, () => level * Math.exp(0.1 * normal()));
    let supported = 0;
    for (let run = 0; run < runs; run += 1) {
      const { plan, records } = stored([
        { cell: onRam, throughputs: figures(100 * ratio) },
        { cell: onDisk, throughputs: figures(100) },
      ]);
      const [result] = judgeHypotheses([hypothesis({ claim, margin })], plan, records);
      if (result?.verdict === 'supported') supported += 1;
    }
    // α = 5 %: 20 of 400; 33 lies three standard errors above it.
    expect(supported).toBeLessThanOrEqual(33);
    if (claim !== 'equivalent') expect(supported).toBeGreaterThan(5);
  },
  240_000,
);
