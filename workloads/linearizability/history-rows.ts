/** Samples as the history checker wants them: one row per request, in log order, those without a position last. */
import type { SampleBatch, SampleSource } from '../../results/sample/sample.ts';
import { counterOperations } from './counter.ts';

export interface HistoryRow {
  readonly client: number;
  readonly sequence: number;
  readonly operation: number;
  readonly sendNs: number;
  /** null when no answer came. */
  readonly doneNs: number | null;
  /** 0 when no answer came. */
  readonly status: number;
  readonly position: number | null;
  readonly value: number | null;
}

const columns = ['client', 'sequence', 'operation', 'send_ns', 'done_ns', 'status', 'position', 'value'];

export async function* historyRows(samples: SampleSource, signal: AbortSignal): AsyncGenerator<HistoryRow> {
  for await (const batch of samples.scan(columns, 'position', signal)) {
    signal.throwIfAborted();
    for (let row = 0; row < batch.rowCount; row += 1) yield historyRow(batch, row);
  }
}

function historyRow(batch: SampleBatch, row: number): HistoryRow {
  const at = (column: number): number | null => batch.columns[column]?.[row] ?? null;
  return {
    client: at(0) ?? -1,
    sequence: at(1) ?? -1,
    operation: at(2) ?? -1,
    sendNs: at(3) ?? Number.NaN,
    doneNs: at(4),
    status: at(5) ?? 0,
    position: at(6),
    value: at(7),
  };
}

/** "client 3 request 17 (inc, sent 1.234567 s, done 1.235100 s)". */
export function describeRequest(row: HistoryRow): string {
  const operation = counterOperations[row.operation] ?? `operation ${row.operation}`;
  const done = row.doneNs === null ? 'never answered' : `done ${seconds(row.doneNs)}`;
  return `client ${row.client} request ${row.sequence} (${operation}, sent ${seconds(row.sendNs)}, ${done})`;
}

export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(6)} s`;
}
