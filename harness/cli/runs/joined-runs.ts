/** `report A B …`: one page over runs that may stand beside each other, in the report directory of the first. */
import { join } from 'node:path';
import {
  remarksOn,
  unlikenesses,
  type Allowance,
  type Unlike,
} from '../../../analysis/compare/comparability.ts';
import { runLetter } from '../../../analysis/compare/run-letter.ts';
import { joinReports, type AcrossRuns } from '../../../analysis/report/joined-report.ts';
import { pageScript } from '../../../analysis/report/drawing/page-bundle.ts';
import type { ReportModel } from '../../../analysis/report/report-model.ts';
import { renderHtml } from '../../../analysis/report/render-html.ts';
import { writeWhole } from '../../../results/store/durable.ts';
import { makeDirs } from '../../../results/store/make-dirs.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { StrataError } from '../../foundation/errors.ts';
import type { FinishedRun } from './finish-run.ts';
import { withSamples } from './with-samples.ts';

/** Figures of different machines, or of emulation and hardware, on one axis would be read as a comparison. */
const neverJoined: readonly Allowance[] = ['accelerator', 'host'];

/**
 * @returns the path of the page, which states what else makes the runs unlike
 * @throws StrataError E259 when the runs are of different hosts or accelerators
 */
export async function writeJoinedReport(runs: readonly FinishedRun[]): Promise<string> {
  const manifests = await Promise.all(
    runs.map(async ({ model }) => (await openRunDir(model.runDir)).manifest),
  );
  const across = acrossRuns(manifests);
  const models: ReportModel[] = [];
  for (const { model, records } of runs) models.push(await withSamples(model, records));
  const [first, ...rest] = models;
  if (first === undefined) throw new RangeError('a page over no run');
  const directory = join(first.runDir, 'report');
  const path = join(directory, `with-${rest.map(({ runId }) => runId).join('-')}.html`);
  await makeDirs(directory);
  await writeWhole(path, renderHtml(joinReports([first, ...rest], across), await pageScript()));
  return path;
}

/** What the page has to state. @throws StrataError E259 */
export function acrossRuns(manifests: readonly Manifest[]): AcrossRuns {
  const unlike = unlikenesses(manifests);
  if (unlike.some(({ kind }) => neverJoined.includes(kind))) throw notOnOnePage(manifests, unlike);
  return { unlike: unlike.map(({ text }) => text), remarks: remarksOn(manifests) };
}

function notOnOnePage(manifests: readonly Manifest[], unlike: readonly Unlike[]): StrataError {
  const names = manifests.map(({ runId }, index) => `${runId} (${runLetter(index)})`);
  const refused = unlike.filter(({ kind }) => neverJoined.includes(kind));
  const kinds = [...new Set(unlike.map(({ kind }) => kind))];
  return new StrataError({
    code: 'STRATA-E259',
    message: `runs ${names.join(', ')} do not belong on one page: ${refused.map(({ text }) => text).join('; ')}`,
    fix: `write a report of each by itself; compare A B --allow ${kinds.join(',')} holds two of them against each other all the same`,
  });
}
