import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { buildReport } from '../summary/build-report.ts';
import { killed, runOf } from '../summary/run.fixture.ts';
import { benchOutput, benchOutputSchema, publishedSchema } from './bench-output.ts';

it('the published JSON Schema is current (vitest -u rewrites it)', async () => {
  const path = join(import.meta.dirname, 'bench-output.schema.json');
  const text = await format(publishedSchema(), { ...(await resolveConfig(path)), parser: 'json' });
  await expect(text).toMatchFileSnapshot(path);
});

it('the document of a run with a failed trial reads back as the schema says, null where there is no figure', () => {
  const failed = { status: 'failed', cause: killed, metrics: null, verification: null } as const;
  const run = runOf({ trials: 1, records: { t0001: failed } });
  const cells = summarizeCells(run.manifest.plan, run.records);
  const document = benchOutput({ model: buildReport(run), cells, exitCode: 4, reportPath: null });
  const read = benchOutputSchema.parse(JSON.parse(JSON.stringify(document)));
  expect(read).toEqual(document);
  expect(read).toMatchObject({ status: 'partial', exitCode: 4, hypotheses: [], report: null });
  expect(read.cells[0]).toMatchObject({ correct: null, metrics: null, trials: { planned: 1, failed: 1 } });
  expect(read.cells[0]?.factors).toMatchObject({ env: 'process', replicas: 3, clients: 4 });
});
