/** The bootstrap beside that of scipy, Dunn's test beside R's arithmetic, on the same trials. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { dunn } from '../../../analysis/statistics/many-arms/dunn.ts';
import { isDegenerate } from '../../../analysis/statistics/outcome.ts';
import { bcaBootstrap } from '../../../analysis/statistics/resampling.ts';
import { median, type BenchScope } from '../ratio.ts';
import type { SideBySide } from './statistics.ts';
import { armsOf, type Arm } from './statistics-arms.ts';

const resamples = 9999;
const processes = join(import.meta.dirname, '..', 'processes');

export async function compareBootstrap(bench: BenchScope, python: string): Promise<SideBySide> {
  const [arm = []] = armsOf(1, 25);
  const file = join(bench.scratchDir, 'bootstrap-trials.txt');
  await writeFile(file, lineOf(arm).replaceAll(' ', '\n'));
  const script = join(processes, 'bootstrap.py');
  const [referenceSeconds = NaN, low = NaN, high = NaN] = await numbersOf(bench, python, [
    script,
    file,
    String(resamples),
  ]);
  const own = bcaBootstrap(arm, 1, resamples);
  const width = Math.log(high / low);
  const apart = isDegenerate(own)
    ? NaN
    : Math.max(Math.abs(Math.log(own.low / low)), Math.abs(Math.log(own.high / high)));
  // Two independent draws of so many resamples: each is within 3 % of the truth.
  if (!(apart <= 0.06 * width))
    throw new Error(`BCa bootstrap: an end differs from that of scipy by ${apart / width} of the width`);
  const ownSeconds = secondsOf(20, () => bcaBootstrap(arm, 1, resamples));
  return {
    method: `BCa bootstrap, B = ${resamples}, 25 trials`,
    ...{ reference: 'scipy', ownSeconds, referenceSeconds },
  };
}

export async function compareDunn(bench: BenchScope): Promise<SideBySide> {
  const arms = armsOf(15, 25);
  const file = join(bench.scratchDir, 'dunn-groups.txt');
  await writeFile(file, arms.map(lineOf).join('\n'));
  const [referenceSeconds = NaN, ...p] = await numbersOf(bench, 'Rscript', [join(processes, 'dunn.R'), file]);
  const own = dunn(arms);
  const worst = isDegenerate(own)
    ? NaN
    : Math.max(...own.map(({ pAdjusted }, index) => Math.abs(pAdjusted - (p[index] ?? NaN))));
  if (!(worst <= 1e-9)) throw new Error(`Dunn: p differs from that of R by up to ${worst}`);
  const ownSeconds = secondsOf(50, () => dunn(arms));
  return { method: 'Dunn of 15 groups', reference: 'R', ownSeconds, referenceSeconds };
}

function lineOf(arm: Arm): string {
  return arm.map(({ value }) => value).join(' ');
}

async function numbersOf({ signal }: BenchScope, command: string, args: string[]): Promise<number[]> {
  const { stdout } = await execa(command, args, { cancelSignal: signal });
  return stdout.trim().split(/\s+/).map(Number);
}

/** Median of five, each the mean of so many calls; after one round that lets the compiler do its work. */
function secondsOf(calls: number, call: () => unknown): number {
  const round = () => {
    const startedMs = performance.now();
    for (let index = 0; index < calls; index += 1) call();
    return (performance.now() - startedMs) / calls / 1000;
  };
  round();
  return median(Array.from({ length: 5 }, round));
}
