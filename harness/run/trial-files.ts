/** Where one attempt at a trial keeps its files: a scratch directory while it runs, the samples for good. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { computeTrialMetrics } from '../../analysis/trial-metrics.ts';
import { computeTrialQuality } from '../../analysis/quality/trial-quality.ts';
import { spoolToParquet } from '../../results/sample/parquet.ts';
import type { SampleSource } from '../../results/sample/sample.ts';
import { openSamples } from '../../results/sample/source.ts';
import type { TrialQuality } from '../../results/store/quality-record.ts';
import type { TrialMetrics } from '../../results/store/records.ts';
import type { RunDir } from '../../results/store/run-dir.ts';
import type { Workload } from '../../workloads/workload.ts';
import type { Cell, PlannedTrial } from '../foundation/cell.ts';

export interface TrialFiles extends AsyncDisposable {
  readonly scratchDir: string;
  readonly spoolPath: string;
  /** Turns the spool into the file that is kept. */
  keepSamples(
    workload: Workload,
    signal: AbortSignal,
  ): Promise<{ readonly samplesFile: string; readonly sampleCount: number }>;
  openSamples(): Promise<SampleSource & AsyncDisposable>;
  computeMetrics(cell: Cell): Promise<TrialMetrics | null>;
  judgeQuality(trial: PlannedTrial): Promise<TrialQuality | null>;
  /** From now on disposing leaves the scratch directory for a person to look at. */
  keepScratch(): void;
}

export async function openTrialFiles(run: RunDir, trial: PlannedTrial, attempt: number): Promise<TrialFiles> {
  const scratchDir = join(run.path, 'scratch', `${trial.id}.${attempt}`);
  await rm(scratchDir, { recursive: true, force: true });
  await mkdir(scratchDir, { recursive: true });
  const samplesFile = run.samplesFile(trial.id, attempt);
  const parquetPath = join(run.path, samplesFile);
  const spoolPath = join(scratchDir, 'spool');
  let keep = false;
  return {
    scratchDir,
    spoolPath,
    async keepSamples({ operations }, signal) {
      const { rowCount } = await spoolToParquet({
        spoolPath,
        parquetPath,
        trialId: trial.id,
        operations,
        signal,
      });
      return { samplesFile, sampleCount: rowCount };
    },
    openSamples: () => openSamples(parquetPath),
    computeMetrics: (cell) => computeTrialMetrics(parquetPath, cell.load),
    judgeQuality: ({ cell, seed }) => computeTrialQuality(parquetPath, cell, seed),
    keepScratch() {
      keep = true;
    },
    async [Symbol.asyncDispose]() {
      if (!keep) await rm(scratchDir, { recursive: true, force: true });
    },
  };
}
