import { expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../adjust.ts';
import { noncentralTUpperTail } from '../noncentral-t.ts';
import { minimumDetectableRatio, trialsToDecide } from '../power.ts';
import { armOf, errorOf, oracle } from './oracle.fixture.ts';

/** Values whose logarithms have exactly this mean and spread: symmetric about the mean. */
function armWith(n: number, mean: number, sd: number) {
  const middle = (n - 1) / 2;
  const raw = Array.from({ length: n }, (_, index) => index - middle);
  const scale = sd / Math.sqrt(raw.reduce((sum, value) => sum + value ** 2, 0) / (n - 1));
  return armOf(raw.map((value) => Math.exp(mean + value * scale)));
}

const cases = oracle('power');

it('as many trials decide as power.t.test says', () => {
  const trials = cases.filter(({ kind }) => kind === 'trials');
  for (const example of trials) {
    if (example.kind !== 'trials') continue;
    const { effect, sd, twoSided, n } = example;
    const [x, y] = [armWith(5, effect, sd), armWith(5, 0, sd)];
    const found = trialsToDecide(x, y, { alternative: twoSided ? 'two-sided' : 'greater' });
    expect(found, JSON.stringify(example)).toBe(n);
    // The same effect downwards, and on the far side of a margin.
    expect(trialsToDecide(y, x, { alternative: twoSided ? 'two-sided' : 'less' })).toBe(n);
    expect(trialsToDecide(x, y, { nullRatio: Math.exp(2 * effect), alternative: 'greater' })).toBe(
      trialsToDecide(x, y, { alternative: 'greater' }),
    );
  }
  expect(trials.length).toBeGreaterThanOrEqual(20);
});

/** Pairs whose differences of logarithms have exactly this mean and spread, in blocks that differ far more. */
function pairsWith(n: number, effect: number, sd: number) {
  const blocks = armWith(n, 0, 5);
  const treatment = armWith(n, effect, sd).map(({ value }, block) => value * (blocks[block]?.value ?? NaN));
  return [armOf(treatment), blocks] as const;
}

it('as many pairs decide as power.t.test says, and what they could detect they decide', () => {
  const pairs = cases.flatMap((example) => (example.kind === 'pairs' ? [example] : []));
  for (const { effect, sd, twoSided, n } of pairs) {
    const question = { alternative: twoSided ? 'two-sided' : 'greater', pairing: 'blocks' } as const;
    expect(trialsToDecide(...pairsWith(5, effect, sd), question), JSON.stringify({ effect, sd })).toBe(n);
    const detectable = minimumDetectableRatio(...pairsWith(6, effect, sd), question) as number;
    const justEnough = pairsWith(6, Math.log(detectable) * (1 + 1e-9), sd);
    expect(trialsToDecide(...justEnough, question)).toBe(6);
  }
  expect(pairs.length).toBeGreaterThanOrEqual(20);
});

it('the detectable ratio is the one of R for unequal arms, on either side of a margin', () => {
  const ratios = cases.filter(({ kind }) => kind === 'ratio');
  for (const example of ratios) {
    if (example.kind !== 'ratio') continue;
    const { nx, ny, sx, sy, power, ratio } = example;
    const [x, y] = [armWith(nx, 1, sx), armWith(ny, 2, sy)];
    const found = minimumDetectableRatio(x, y, { power });
    expect(errorOf(found as number, ratio), JSON.stringify(example)).toBeLessThan(1e-8);
    const below = minimumDetectableRatio(x, y, { nullRatio: 0.8, alternative: 'less', alpha: 0.025, power });
    expect(errorOf(below as number, 0.8 / ratio)).toBeLessThan(1e-8);
  }
  expect(ratios.length).toBeGreaterThanOrEqual(20);
});

it('says that no number of trials decides what is not there', () => {
  const [x, y] = [armWith(5, 0, 0.1), armWith(5, 0, 0.1)];
  expect(trialsToDecide(x, y)).toBeNull();
  expect(trialsToDecide(armWith(5, 1e-4, 0.1), y)).toBeNull();
});

it('the noncentral t has the tails of R', () => {
  const tails = cases.filter(({ kind }) => kind === 'tail');
  for (const example of tails) {
    if (example.kind !== 'tail') continue;
    const { t, df, delta, p } = example;
    expect(Math.abs(noncentralTUpperTail(t, df, delta) - p), JSON.stringify(example)).toBeLessThan(1e-9);
  }
  expect(tails.length).toBeGreaterThanOrEqual(20);
});

it('corrections are those of p.adjust, and leave their input alone', () => {
  const families = oracle('adjust');
  for (const { p, holm: expectedHolm, bh } of families) {
    const input = Object.freeze([...p]);
    for (const [found, expected] of [
      [holm(input), expectedHolm],
      [benjaminiHochberg(input), bh],
    ] as const) {
      expect(found).toHaveLength(p.length);
      found.forEach((value, index) => expect(Math.abs(value - (expected[index] ?? 2))).toBeLessThan(1e-12));
    }
    expect(input).toEqual(p);
  }
  expect(families.length).toBeGreaterThanOrEqual(20);
  expect(holm([])).toEqual([]);
  expect(() => holm([0.1, Number.NaN])).toThrow(RangeError);
  expect(() => benjaminiHochberg([1.1])).toThrow(RangeError);
});
