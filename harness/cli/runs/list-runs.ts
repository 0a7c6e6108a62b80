/** The runs of this checkout as a table: when, where, what, how it ended. A damaged one is shown as that. */
import { join } from 'node:path';
import { finalAttempts, runStatus, wrongAnswers } from '../../../analysis/attempts.ts';
import { isLive } from '../../../environments/live-runs.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { dueTrials } from '../../../results/store/due.ts';
import { asError } from '../../foundation/errors.ts';
import { textTable, type TextColumn } from '../summary/text-layout.ts';
import { cellsOf } from '../summary/words.ts';
import { runIds } from './find-run.ts';

export interface ListedRun {
  readonly runId: string;
  readonly startedAtIso: string;
  readonly name: string;
  readonly environments: string;
  readonly workloads: string;
  /** `9 of 9`; empty when the directory cannot be read. */
  readonly trials: string;
  /** complete, partial, interrupted, running, or why it cannot be read. */
  readonly status: string;
}

/** Oldest first. */
export async function listRuns(baseDir: string): Promise<readonly ListedRun[]> {
  const listed: ListedRun[] = [];
  for (const runId of await runIds(baseDir)) listed.push(await lookAt(runId, baseDir));
  return listed;
}

async function lookAt(runId: string, baseDir: string): Promise<ListedRun> {
  try {
    const { manifest, trials, stopping } = await openRunDir(join(baseDir, runId));
    const due = dueTrials(manifest, stopping);
    const cells = cellsOf(manifest);
    const name = manifest.experiment['name'];
    const completed = finalAttempts(trials).filter(({ status }) => status === 'completed').length;
    const wrong = wrongAnswers(trials);
    const status = isLive(runId) ? 'running' : runStatus(due, trials, false);
    return {
      runId,
      startedAtIso: manifest.startedAtIso,
      name: typeof name === 'string' ? name : '',
      environments: [...new Set(cells.map(({ env }) => env))].join(', '),
      workloads: [...new Set(cells.map(({ workload }) => workload))].join(', '),
      trials: `${completed} of ${due.length}`,
      status: wrong > 0 ? `${status}, WRONG ANSWERS` : status,
    };
  } catch (error) {
    const status = `unreadable: ${asError(error).message}`;
    return { runId, startedAtIso: '', name: '', environments: '', workloads: '', trials: '', status };
  }
}

export function runTable(runs: readonly ListedRun[], columns: number): string {
  const column = (
    title: string,
    dropRank: number,
    cell: (run: ListedRun) => string,
  ): TextColumn<ListedRun> => ({
    title,
    isNumber: false,
    dropRank,
    cell,
  });
  return textTable(
    runs,
    [
      column('run', 0, ({ runId }) => runId),
      column('started (UTC)', 2, ({ startedAtIso }) => startedAtIso.slice(0, 16).replace('T', ' ')),
      column('name', 3, ({ name }) => name),
      column('env', 0, ({ environments }) => environments),
      column('workload', 1, ({ workloads }) => workloads),
      column('trials', 0, ({ trials }) => trials),
      column('status', 0, ({ status }) => status),
    ],
    Math.min(110, columns),
  );
}
