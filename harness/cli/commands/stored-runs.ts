/** `list`, `show RUN` and `report RUN…`: commands that only read what is stored (report writes beside it). */
import { dirname } from 'node:path';
import { readNoiseFloors } from '../../../results/store/noise-floor.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { benchOutput } from '../json/bench-output.ts';
import { findRun } from '../runs/find-run.ts';
import { concludeRun, writeReport, type FinishedRun } from '../runs/finish-run.ts';
import { readRunDetails } from '../runs/run-details.ts';
import { writeJoinedReport } from '../runs/joined-runs.ts';
import { listRuns, runTable } from '../runs/list-runs.ts';
import { textSummary } from '../summary/text-summary.ts';
import type { Terminal } from '../terminal.ts';

async function concludeStored(word: string, baseDir: string): Promise<FinishedRun> {
  const path = await findRun(word, baseDir);
  const noiseFloors = await readNoiseFloors(dirname(path));
  const stored = await openRunDir(path);
  const details = await readRunDetails(stored);
  return concludeRun(stored, { interrupted: null, notes: [], noiseFloors, details });
}

export async function listCommand(baseDir: string, terminal: Terminal): Promise<0> {
  const runs = await listRuns(baseDir);
  if (terminal.json) terminal.print(JSON.stringify({ runs }, null, 2));
  else if (runs.length === 0) terminal.print(`no runs in ${baseDir}; make a first one: npm run bench`);
  else terminal.print(runTable(runs, terminal.columns));
  return 0;
}

/** Shows a run as it was shown at its end. Looking succeeds whatever the run was like: exit 0. */
export async function showCommand(word: string, baseDir: string, terminal: Terminal): Promise<0> {
  const finished = await concludeStored(word, baseDir);
  const { model, cells, exitCode, pointers } = finished;
  if (terminal.json) {
    const document = benchOutput({ model, cells, exitCode, reportPath: pointers.reportPath });
    terminal.print(JSON.stringify(document, null, 2));
  } else {
    terminal.print(textSummary(model, pointers, terminal));
  }
  return 0;
}

export async function reportCommand(
  words: readonly string[],
  baseDir: string,
  terminal: Terminal,
): Promise<0> {
  const paths: string[] = [];
  const runs: FinishedRun[] = [];
  for (const word of words.length === 0 ? ['latest'] : words) {
    const finished = await concludeStored(word, baseDir);
    await writeReport(finished);
    paths.push(finished.pointers.reportPath ?? '');
    runs.push(finished);
  }
  if (runs.length > 1) paths.push(await writeJoinedReport(runs));
  terminal.print(terminal.json ? JSON.stringify({ reports: paths }, null, 2) : paths.join('\n'));
  return 0;
}
