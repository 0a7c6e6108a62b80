/** Exact Mann-Whitney tests of ours and of scipy on the same arms, of 5 to 25 trials each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { isDegenerate } from '../../../analysis/statistics/outcome.ts';
import { normalStream } from '../../../analysis/statistics/random-stream.ts';
import { mannWhitney } from '../../../analysis/statistics/two-arms/mann-whitney.ts';
import { trialSummary, type TrialSummary } from '../../../analysis/trial-summary.ts';
import type { BenchScope } from '../ratio.ts';
import type { SideBySide } from './statistics.ts';

const seed = 5;
const dataSets = 300;
const warmUps = 20;
const script = join(import.meta.dirname, '..', 'processes', 'mann_whitney.py');

type Arms = readonly [readonly number[], readonly number[]];

interface Timed {
  readonly seconds: number;
  readonly p: readonly number[];
}

export async function compareMannWhitney(bench: BenchScope, python: string): Promise<SideBySide> {
  const cases = untiedArms();
  const reference = await timeScipy(cases, bench, python);
  const own = timeOwn(cases);
  const worst = Math.max(...own.p.map((p, index) => Math.abs(p - (reference.p[index] ?? Number.NaN))));
  if (!(worst <= 1e-9)) throw new Error(`exact Mann-Whitney: p differs from that of scipy by up to ${worst}`);
  return {
    method: `${dataSets} exact Mann-Whitney tests`,
    reference: 'scipy',
    ownSeconds: own.seconds,
    referenceSeconds: reference.seconds,
  };
}

/** Without ties: the exact test of scipy does not know them. */
function untiedArms(): readonly Arms[] {
  const normal = normalStream(seed);
  const arm = (n: number) => Array.from({ length: n }, () => Math.exp(normal()));
  return Array.from(
    { length: dataSets },
    (_, index) => [arm(5 + (index % 21)), arm(5 + (index % 20))] as const,
  );
}

function timeOwn(cases: readonly Arms[]): Timed {
  const test = ([x, y]: readonly [readonly TrialSummary[], readonly TrialSummary[]]) => {
    const result = mannWhitney(x, y);
    return isDegenerate(result) ? Number.NaN : result.p;
  };
  const trials = (values: readonly number[]) =>
    values.map((value, index) => trialSummary(`t${index}`, index, value));
  const arms = cases.map(([x, y]) => [trials(x), trials(y)] as const);
  arms.slice(0, warmUps).forEach(test);
  const startedMs = performance.now();
  const p = arms.map(test);
  return { seconds: (performance.now() - startedMs) / 1000, p };
}

async function timeScipy(cases: readonly Arms[], bench: BenchScope, python: string): Promise<Timed> {
  const file = join(bench.scratchDir, 'mann-whitney.json');
  await writeFile(file, JSON.stringify(cases));
  const { stdout } = await execa(python, [script, file, String(warmUps)], { cancelSignal: bench.signal });
  return JSON.parse(stdout) as Timed;
}
