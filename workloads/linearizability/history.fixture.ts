/** Histories for tests: made by interleaving clients that send, get executed and get their answers. */
import fc from 'fast-check';
import type { SampleBatch, SampleSource } from '../../results/sample/sample.ts';
import { applyToCounter, counterOperations } from './counter.ts';
import type { HistoryRow } from './history-rows.ts';
import { noOperation, type LogEntry } from './log-replay.ts';

export interface History {
  readonly rows: readonly HistoryRow[];
  readonly log: readonly LogEntry[];
}

interface Step {
  readonly client: number;
  readonly operation: number;
}

/** Every step takes one client on by one: idle, sent, executed, answered. Sound by construction. */
export function playSteps(steps: readonly Step[]): History {
  const rows: HistoryRow[] = [];
  const log: LogEntry[] = [];
  const open = new Map<number, { row: HistoryRow; executed: boolean }>();
  const issued = new Map<number, number>();
  let value = 0;
  steps.forEach(({ client, operation }, step) => {
    const atNs = (step + 1) * 1000;
    const current = open.get(client);
    if (current === undefined) {
      const sequence = issued.get(client) ?? 0;
      issued.set(client, sequence + 1);
      open.set(client, { row: sent(client, sequence, operation, atNs), executed: false });
    } else if (!current.executed) {
      current.executed = true;
      value = applyToCounter(value, counterOperations[current.row.operation] ?? 'get');
      log.push({
        order: log.length + 1,
        client,
        sequence: current.row.sequence,
        operation: current.row.operation,
      });
      current.row = { ...current.row, position: log.length, value };
    } else {
      rows.push({ ...current.row, doneNs: atNs, status: 200 });
      open.delete(client);
    }
  });
  for (const { row } of open.values()) rows.push({ ...row, position: null, value: null });
  return { rows, log };
}

function sent(client: number, sequence: number, operation: number, sendNs: number): HistoryRow {
  return { client, sequence, operation, sendNs, doneNs: null, status: 0, position: null, value: null };
}

export function histories(limits: { clients: number; steps: number }): fc.Arbitrary<History> {
  const step = fc.record({
    client: fc.nat(limits.clients - 1),
    operation: fc.nat(counterOperations.length - 1),
  });
  return fc.array(step, { maxLength: limits.steps }).map(playSteps);
}

/** The same requests with `log` as what was executed: answers, positions and orders follow from it. */
export function reexecute(history: History, log: readonly Omit<LogEntry, 'order'>[]): History {
  const ordered = log.map((entry, index) => ({ ...entry, order: index + 1 }));
  let value = 0;
  const executed = new Map<string, { position: number; value: number }>();
  for (const { client, sequence, operation, order } of ordered) {
    if (operation !== noOperation) value = applyToCounter(value, counterOperations[operation] ?? 'get');
    executed.set(`${client}/${sequence}`, { position: order, value });
  }
  const rows = history.rows.map((row) =>
    row.status === 0 ? row : { ...row, ...executed.get(`${row.client}/${row.sequence}`) },
  );
  return { rows, log: ordered };
}

const fields: Readonly<Record<string, keyof HistoryRow>> = {
  client: 'client',
  sequence: 'sequence',
  operation: 'operation',
  send_ns: 'sendNs',
  done_ns: 'doneNs',
  status: 'status',
  position: 'position',
  value: 'value',
};

/** In batches of three rows, NULLs last, as the store gives them. */
export function sampleSource(rows: readonly HistoryRow[]): SampleSource {
  return {
    rowCount: rows.length,
    scan: (columns, orderBy) => scanRows(rows, columns.map(fieldOf), fieldOf(orderBy)),
  };
}

function fieldOf(column: string): keyof HistoryRow {
  const field = fields[column];
  if (field === undefined) throw new Error(`the store has no column ${column}`);
  return field;
}

async function* scanRows(
  rows: readonly HistoryRow[],
  columns: readonly (keyof HistoryRow)[],
  orderBy: keyof HistoryRow,
): AsyncGenerator<SampleBatch> {
  const sorted = rows.toSorted((a, b) => (a[orderBy] ?? Infinity) - (b[orderBy] ?? Infinity) || 0);
  for (let from = 0; from < sorted.length; from += 3) {
    const batch = sorted.slice(from, from + 3);
    yield await Promise.resolve({
      rowCount: batch.length,
      columns: columns.map((field) => batch.map((row) => row[field])),
    });
  }
}
