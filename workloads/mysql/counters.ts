/** What the servers themselves counted during the measurement. */
import type { RowDataPacket } from 'mysql2/promise';
import type { Database } from './server/database.ts';

const names = {
  comInsert: 'Com_insert',
  logBytes: 'Innodb_os_log_written',
  /** Of the log alone: not told by every version. */
  logFsyncs: 'Innodb_os_log_fsyncs',
  fsyncs: 'Innodb_data_fsyncs',
  bytesReceived: 'Bytes_received',
  bytesSent: 'Bytes_sent',
} as const;

export type CounterName = keyof typeof names;
/** null where the server has no such counter. */
type Values = Readonly<Record<CounterName, number | null>>;

export interface Counters {
  /** How often the server had been started. */
  readonly starts: number;
  readonly values: Values;
}

const counterNames = Object.keys(names) as CounterName[];

/** null when the server does not answer. */
export async function readCounters(database: Database, signal: AbortSignal): Promise<Counters | null> {
  try {
    const session = await database.connect(signal);
    try {
      const wanted = Object.values(names);
      const [rows] = await session.query<RowDataPacket[]>('SHOW GLOBAL STATUS WHERE Variable_name IN (?)', [
        wanted,
      ]);
      const values = new Map(rows.map((row) => [String(row['Variable_name']), Number(row['Value'])]));
      return { starts: database.starts(), values: valuesOf((name) => values.get(names[name]) ?? null) };
    } finally {
      session.destroy();
    }
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Growth of all servers together; null where one of them cannot tell, or was started anew in between. */
export function growth(before: readonly (Counters | null)[], after: readonly (Counters | null)[]): Values {
  const isWhole = after.every((end, index) => end !== null && end.starts === before[index]?.starts);
  return valuesOf((name) => {
    if (!isWhole) return null;
    return after.reduce<number | null>((total, end, index) => {
      const [from, to] = [before[index]?.values[name] ?? null, end?.values[name] ?? null];
      return total === null || from === null || to === null ? null : total + to - from;
    }, 0);
  });
}

function valuesOf(valueOf: (name: CounterName) => number | null): Values {
  return Object.fromEntries(counterNames.map((name) => [name, valueOf(name)])) as Values;
}
