/**
 * How the instances of the paper find each other (section 3.1): each writes a row into the sync table of the database
 * with the lowest address and looks at it until all are there; at the end each deletes its row and looks until the
 * table is empty.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { waitFor } from '../../../harness/foundation/deadline.ts';
import type { AgentConfig } from './messages.ts';
import { openSession, refusalOf } from './session.ts';

/** The paper says "periodically". */
const pollIntervalMs = 20;

export interface Meeting {
  /** E546 names the instances that are missing. */
  readonly arrive: () => Promise<void>;
  /** E546 names the instances that are still there. @param gone instances that cannot leave */
  readonly leave: (gone: readonly number[]) => Promise<void>;
}

export function openMeeting(config: AgentConfig, signal: AbortSignal): Meeting {
  const { databases, syncInstance, credentials, instance, timeoutsMs } = config;
  const host = databases[syncInstance];
  if (host === undefined) throw new Error(`there is no instance ${syncInstance} to meet at`);
  const nameOf = (index: number) => databases[index]?.name ?? `instance ${index}`;
  let session: Connection | undefined;
  const query = async (sql: string, values: readonly number[]): Promise<unknown> => {
    try {
      const place = { host: host.host, port: host.port };
      const open = { name: host.name, place, credentials, timeoutMs: timeoutsMs.sync, signal };
      session ??= await openSession(open);
      const [rows] = await session.query(sql, [...values]);
      return rows;
    } catch (error) {
      session?.destroy();
      session = undefined;
      throw refusalOf(error, host.name) ?? error;
    }
  };
  const present = async (): Promise<number[]> => {
    const rows = (await query('SELECT instance FROM sync ORDER BY instance', [])) as RowDataPacket[];
    return rows.map((row) => Number(row['instance']));
  };
  const untilNobody = async (verb: string, write: string, others: () => Promise<number[]>): Promise<void> => {
    let isWritten = false;
    let missing: readonly number[] = [];
    const wait = {
      get what() {
        const who = missing.length === 0 ? 'an answer' : `${missing.map(nameOf).join(', ')} to ${verb}`;
        return `${who} the sync table of ${host.name} (this is ${nameOf(instance)})`;
      },
      timeoutMs: timeoutsMs.sync,
      signal,
      code: 'STRATA-E546' as const,
      fix: 'read the logs of the instances named: their agents or databases are slow, or gone',
      intervalMs: pollIntervalMs,
    };
    await waitFor(wait, async () => {
      if (!isWritten) await query(write, [instance]);
      isWritten = true;
      missing = await others();
      return missing.length === 0 ? true : undefined;
    });
  };
  return {
    arrive: () =>
      untilNobody('write into', 'INSERT IGNORE INTO sync (instance) VALUES (?)', async () => {
        const here = new Set(await present());
        return databases.map((_database, index) => index).filter((index) => !here.has(index));
      }),
    leave: (gone) =>
      untilNobody('leave', 'DELETE FROM sync WHERE instance = ?', async () =>
        (await present()).filter((index) => !gone.includes(index)),
      ),
  };
}
