/** How the machines of a run came up, as one tidy table: a row an event of a node. */
import type { TrialRecord } from '../store/records.ts';
import { writeCsv, type CsvRow } from './csv.ts';

const header = ['trial_id', 'attempt', 'env', 'boot', 'node', 'failed_boots', 'event', 'at_ms'] as const;

/**
 * All attempts at all trials. `at_ms` counts from the start of the node; `failed_boots` are earlier attempts of the
 * same machine, of which no times are kept.
 *
 * @throws StrataError E360–E362
 */
export async function exportBootsCsv(path: string, records: readonly TrialRecord[]): Promise<void> {
  await writeCsv(path, header, records.flatMap(rowsOf));
}

function rowsOf({ trialId, attempt, cell, boots }: TrialRecord): CsvRow[] {
  return boots.flatMap(({ node, timeline, failures }) =>
    timeline.map(({ name, atMs }) => {
      return [trialId, attempt, cell.env, cell.boot ?? null, node, failures.length, name, atMs];
    }),
  );
}
