import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from './adjust.ts';
import { isDegenerate, type Degenerate } from './outcome.ts';
import { trialsToDecide } from './power.ts';
import { armOfValues, coverage, falsePositives, shareOf, typicalArm } from './simulation.fixture.ts';
import { brunnerMunzel } from './two-arms/brunner-munzel.ts';
import { cliffsDelta } from './two-arms/cliffs-delta.ts';
import { equivalence } from './two-arms/equivalence.ts';
import { fiellerInterval } from './two-arms/fieller.ts';
import { hodgesLehmann } from './two-arms/hodges-lehmann.ts';
import { mannWhitney } from './two-arms/mann-whitney.ts';
import { marginTest } from './two-arms/margin-test.ts';
import { comparePairs } from './two-arms/paired-log.ts';
import { compareMeans } from './two-arms/welch-log.ts';

const rejects = (result: { readonly p: number } | Degenerate) => !isDegenerate(result) && result.p <= 0.05;

const covers = (
  result: { readonly ciLow: number; readonly ciHigh: number | null } | Degenerate,
  truth: number,
) => !isDegenerate(result) && result.ciLow <= truth && truth <= (result.ciHigh ?? Infinity);

function expectWithin(share: number, band: { readonly least: number; readonly most: number }): void {
  expect(share).toBeGreaterThanOrEqual(band.least);
  expect(share).toBeLessThanOrEqual(band.most);
}

describe('where nothing differs, false positives stay in the band of α = 0.05', () => {
  it('Welch on logarithms, ten trials an arm', () => {
    const share = shareOf(1, (draw) => rejects(compareMeans(draw(10, 10, 0.1), draw(10, 10, 0.1))));
    expectWithin(share, falsePositives);
  });

  it('Welch on logarithms, three trials an arm: cautious, as Welch is with so few', () => {
    const share = shareOf(1, (draw) => rejects(compareMeans(draw(3, 10, 0.1), draw(3, 10, 0.1))));
    expectWithin(share, { least: 0.025, most: falsePositives.most });
  });

  it('Welch on logarithms, unequal arms and spreads', () => {
    const share = shareOf(2, (draw) => rejects(compareMeans(draw(6, 10, 0.3), draw(12, 10, 0.05))));
    expectWithin(share, falsePositives);
  });

  it('pairs within blocks that differ far more than the arms', () => {
    const share = shareOf(3, (draw, normal) => {
      const blocks = Array.from({ length: 6 }, () => Math.exp(normal()));
      const inBlocks = () =>
        armOfValues(draw(6, 10, 0.05).map(({ value }, block) => value * (blocks[block] ?? 1)));
      return rejects(comparePairs(inBlocks(), inBlocks()));
    });
    expectWithin(share, falsePositives);
  });

  it.each(['at-least', 'at-most'] as const)('the margin test at its margin, %s', (direction) => {
    const share = shareOf(4, (draw) =>
      rejects(marginTest(draw(20, 15, 0.05), draw(20, 10, 0.05), { margin: 1.5, direction })),
    );
    expectWithin(share, falsePositives);
  });

  it('the margin test of pairs at its margin, in blocks that drift', () => {
    const share = shareOf(13, (draw) => {
      const drifting = (centre: number) =>
        armOfValues(draw(8, centre, 0.05).map(({ value }, block) => value * 1.2 ** block));
      const question = { margin: 1.5, direction: 'at-least', pairing: 'blocks' } as const;
      return rejects(marginTest(drifting(15), drifting(10), question));
    });
    // Two tests must both reject, and they agree less on values that drift.
    expectWithin(share, { least: 0.02, most: falsePositives.most });
  });

  it('a point estimate above the margin, which is no evidence, every second time', () => {
    const share = shareOf(4, (draw) => {
      const result = compareMeans(draw(10, 15, 0.1), draw(10, 10, 0.1));
      return !isDegenerate(result) && result.ratio >= 1.5;
    });
    expectWithin(share, { least: 0.46, most: 0.54 });
  });

  it('equivalence at its margin', () => {
    const share = shareOf(5, (draw) =>
      rejects(equivalence(draw(10, 10.5, 0.02), draw(10, 10, 0.02), { margin: 1.05 })),
    );
    expectWithin(share, falsePositives);
  });

  it('Mann and Whitney, exact, at most: no p between two steps', () => {
    const share = shareOf(6, (draw) => rejects(mannWhitney(draw(6, 10, 0.1), draw(7, 10, 0.1))));
    expectWithin(share, { least: 0.01, most: falsePositives.most });
  });

  it('Mann and Whitney, exact, with ties', () => {
    const share = shareOf(7, (draw) => {
      const rounded = (n: number) => armOfValues(draw(n, 5, 0.3).map(({ value }) => Math.round(value)));
      return rejects(mannWhitney(rounded(9), rounded(8)));
    });
    expectWithin(share, { least: 0.01, most: falsePositives.most });
  });

  it('Mann and Whitney, normal approximation', () => {
    const share = shareOf(8, (draw) => rejects(mannWhitney(draw(30, 10, 0.1), draw(30, 10, 0.1))));
    expectWithin(share, falsePositives);
  });

  it('Brunner and Munzel, one arm four times as steady', () => {
    const share = shareOf(9, (draw) => rejects(brunnerMunzel(draw(20, 10, 0.4), draw(20, 10, 0.1))));
    expectWithin(share, falsePositives);
  });

  it.each([
    ['Holm', holm],
    ['Benjamini and Hochberg', benjaminiHochberg],
  ])('%s over a family of four: any false positive at all', (_name, adjust) => {
    const share = shareOf(10, (draw) => {
      const ps = Array.from({ length: 4 }, () => {
        const result = compareMeans(draw(10, 10, 0.1), draw(10, 10, 0.1));
        return isDegenerate(result) ? 1 : result.p;
      });
      return adjust(ps).some((p) => p <= 0.05);
    });
    expectWithin(share, falsePositives);
  });
});

describe('95 % intervals hold the truth', () => {
  it('the ratio of geometric means, by Welch and by pairs', () => {
    expectWithin(
      shareOf(20, (draw) => covers(compareMeans(draw(5, 13, 0.2), draw(8, 10, 0.1)), 1.3)),
      coverage,
    );
    expectWithin(
      shareOf(21, (draw) => covers(comparePairs(draw(6, 13, 0.2), draw(6, 10, 0.1)), 1.3)),
      coverage,
    );
  });

  it("the ratio of arithmetic means, by Fieller's", () => {
    const share = shareOf(22, (draw) => covers(fiellerInterval(draw(8, 13, 0.2), draw(8, 10, 0.2)), 1.3));
    expectWithin(share, coverage);
  });

  it('the factor between the arms, by Hodges and Lehmann, exact and approximate', () => {
    const exact = shareOf(23, (draw) => covers(hodgesLehmann(draw(12, 13, 0.2), draw(10, 10, 0.2)), 1.3));
    expectWithin(exact, coverage);
    const approximate = shareOf(24, (draw) =>
      covers(hodgesLehmann(draw(30, 13, 0.2), draw(25, 10, 0.2)), 1.3),
    );
    expectWithin(approximate, coverage);
  });

  it.each([0, 0.5, 1, 1.5])("Cliff's δ with 20 trials an arm, %f spreads apart", (shift) => {
    const truth = 2 * normalCdf(shift / Math.SQRT2, 0, 1) - 1;
    const share = shareOf(25, (draw) =>
      covers(cliffsDelta(draw(20, Math.exp(shift), 1), draw(20, 1, 1)), truth),
    );
    expectWithin(share, coverage);
  });

  it('how often one arm lies above the other, by Brunner and Munzel', () => {
    const truth = normalCdf(0.5 / Math.hypot(1, 0.3), 0, 1);
    const share = shareOf(26, (draw) =>
      covers(brunnerMunzel(draw(20, Math.exp(0.5), 1), draw(20, 1, 0.3)), truth),
    );
    expectWithin(share, coverage);
  });
});

it('as many trials as were said to decide do so with the power that was asked for', () => {
  const n = trialsToDecide(typicalArm(12, 11, 0.1), typicalArm(12, 10, 0.15)) as number;
  const share = shareOf(30, (draw) => rejects(compareMeans(draw(n, 11, 0.1), draw(n, 10, 0.15))));
  expectWithin(share, { least: 0.78, most: 0.85 });
});
