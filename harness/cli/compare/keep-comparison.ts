/** Compares two stored runs and writes the page into the directory of the second. */
import { dirname, join } from 'node:path';
import type { ComparisonReport } from '../../../analysis/compare/comparison-report.ts';
import { renderComparison } from '../../../analysis/report/compare-page.ts';
import { writeWhole } from '../../../results/store/durable.ts';
import { makeDirs } from '../../../results/store/make-dirs.ts';
import { readNoiseFloors } from '../../../results/store/noise-floor.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';
import type { CompareLimits } from './compare-flags.ts';
import { compareStored } from './compare-stored.ts';

export interface KeptComparison {
  readonly report: ComparisonReport;
  /** Path of its page. */
  readonly page: string;
}

/** @throws StrataError E241, E242, E360–E362 */
export async function compareAndKeep(
  a: StoredRun,
  b: StoredRun,
  limits: CompareLimits,
): Promise<KeptComparison> {
  const noiseFloors = await readNoiseFloors(dirname(b.path));
  const report = compareStored(a, b, { ...limits, noiseFloors });
  const page = join(b.path, 'report', `compare-${a.manifest.runId}.html`);
  await makeDirs(dirname(page));
  await writeWhole(page, renderComparison(report));
  return { report, page };
}

export function hasRegression({ rows }: ComparisonReport): boolean {
  return rows.some(({ isRegression }) => isRegression);
}
