/** What the whole battery of tests costs over a paper-sized grid. */
import { benjaminiHochberg, holm } from '../../../analysis/statistics/adjust.ts';
import { dunn } from '../../../analysis/statistics/many-arms/dunn.ts';
import { kruskalWallis } from '../../../analysis/statistics/many-arms/kruskal-wallis.ts';
import { twoFactorAnova } from '../../../analysis/statistics/many-arms/two-factor-anova.ts';
import { isDegenerate } from '../../../analysis/statistics/outcome.ts';
import { harrellDavis, quantileInterval } from '../../../analysis/statistics/quantile-interval.ts';
import { bcaBootstrap } from '../../../analysis/statistics/resampling.ts';
import { brunnerMunzel } from '../../../analysis/statistics/two-arms/brunner-munzel.ts';
import { cliffsDelta } from '../../../analysis/statistics/two-arms/cliffs-delta.ts';
import { equivalence } from '../../../analysis/statistics/two-arms/equivalence.ts';
import { hodgesLehmann } from '../../../analysis/statistics/two-arms/hodges-lehmann.ts';
import { mannWhitney } from '../../../analysis/statistics/two-arms/mann-whitney.ts';
import { marginTest } from '../../../analysis/statistics/two-arms/margin-test.ts';
import { compareMeans } from '../../../analysis/statistics/two-arms/welch-log.ts';
import { median, type Measure } from '../ratio.ts';
import { armsOf, type Arm } from './statistics-arms.ts';

const resamples = 9999;

/** Replicas × clients × environments, as paper onset's sweep. */
const grid = { replicas: 15, clients: 7, environments: 3, trials: 20 };

function wholeBattery(cells: readonly Arm[]): number {
  const { replicas, clients, environments } = grid;
  const armOf = (environment: number, replica: number, client: number) =>
    cells[(environment * replicas + replica) * clients + client] ?? [];
  const ps: number[] = [];
  for (let replica = 0; replica < replicas; replica += 1)
    for (let client = 0; client < clients; client += 1) {
      const arms = Array.from({ length: environments }, (_, environment) =>
        armOf(environment, replica, client),
      );
      arms.forEach((arm, index) => ps.push(...twoArmed(arm, arms[(index + 1) % environments] ?? [])));
      const several = kruskalWallis(arms);
      if (!isDegenerate(several)) ps.push(several.p);
      dunn(arms);
    }
  for (const cell of cells) {
    bcaBootstrap(cell, 1, resamples);
    quantileInterval(cell, 0.5);
    harrellDavis(cell, 0.5);
  }
  for (let environment = 0; environment < environments; environment += 1)
    twoFactorAnova(
      Array.from({ length: replicas }, (_, replica) =>
        Array.from({ length: clients }, (__, client) => armOf(environment, replica, client)),
      ),
    );
  return holm(ps).length + benjaminiHochberg(ps).length;
}

/** The p of every test there is of two arms. */
function twoArmed(treatment: Arm, baseline: Arm): number[] {
  hodgesLehmann(treatment, baseline);
  cliffsDelta(treatment, baseline);
  const results = [
    compareMeans(treatment, baseline),
    mannWhitney(treatment, baseline),
    brunnerMunzel(treatment, baseline),
    marginTest(treatment, baseline, { margin: 0.8, direction: 'at-least' }),
    equivalence(treatment, baseline, { margin: 1.05 }),
  ];
  return results.flatMap((result) => (isDegenerate(result) ? [] : [result.p]));
}

function gridSeconds() {
  const { replicas, clients, environments, trials } = grid;
  const cells = armsOf(replicas * clients * environments, trials);
  const seconds = Array.from({ length: 3 }, () => {
    const startedMs = performance.now();
    wholeBattery(cells);
    return (performance.now() - startedMs) / 1000;
  });
  const detail = `${cells.length} cells of ${trials} trials, ${cells.length} pairs by 7 methods, 105 triples, 3 analyses of variance, ${cells.length} bootstraps; three times: ${seconds.map((time) => time.toFixed(2)).join(', ')} s`;
  return Promise.resolve({ value: median(seconds), detail });
}

export const testsGrid: Measure = {
  id: 'tests-grid-s',
  ...{ target: 2, direction: 'max', unit: 's' },
  what: 'every test, interval and correction over a grid of 15 × 7 × 3 cells with 20 trials each',
  measure: gridSeconds,
};
