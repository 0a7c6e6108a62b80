/** Looks at one database: what it holds against what it should, loop by loop. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { asError } from '../../../harness/foundation/errors.ts';
import { nodeName } from '../check.ts';
import { tupleCrcSql } from '../schema.ts';
import type { Database } from '../server/database.ts';
import { areEqual, nothing, type Checksum } from './checksum.ts';
import { deviationWords, findDeviations } from './deviations.ts';
import type { Expectation, LaneExpectation } from './expectation.ts';

export interface Examination {
  readonly database: string;
  /** Of the instances of which it is known what they sent. */
  readonly rows: number;
  /** Of those whose agents are gone. */
  readonly rowsOfGone: number;
  /** Full sentences. */
  readonly problems: readonly string[];
  /** Why it could not be looked at; null when it was. */
  readonly unreachable: string | null;
}

/** Loops of one database that are read row by row when they differ. */
const locatedLanes = 6;

/** @param partial instances whose agents are gone: what they got to send is not known */
export async function examine(
  index: number,
  database: Database,
  expectation: Expectation,
  partial: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Examination> {
  try {
    const session = await database.connect(signal);
    try {
      return await compare(session, index, expectation, partial);
    } finally {
      session.destroy();
    }
  } catch (error) {
    signal.throwIfAborted();
    return {
      database: database.name,
      rows: 0,
      rowsOfGone: 0,
      problems: [],
      unreachable: asError(error).message,
    };
  }
}

async function compare(
  session: Connection,
  index: number,
  expectation: Expectation,
  partial: ReadonlySet<number>,
): Promise<Examination> {
  const found = await checksums(session);
  const problems: string[] = [];
  let located = 0;
  let rowsOfGone = 0;
  for (const lane of expectation.lanesAt(index)) {
    const key = keyOf(lane);
    const there = found.get(key) ?? nothing;
    found.delete(key);
    const isPartial = partial.has(lane.origin);
    if (isPartial) rowsOfGone += there.count;
    if (!isPartial && areEqual(there, await expectation.checksumAt(index, lane))) continue;
    const words =
      located < locatedLanes
        ? await locate(session, index, lane, expectation, isPartial)
        : `${there.count} tuples with another checksum than expected`;
    if (words === '') continue;
    located += 1;
    problems.push(`${nodeName(index)}: loop ${lane.lane} of ${nodeName(lane.origin)}: ${words}`);
  }
  for (const [key, { count }] of found) problems.push(strangers(index, key, count));
  const rows = (await rowCount(session)) - rowsOfGone;
  return { database: nodeName(index), rows, rowsOfGone, problems, unreachable: null };
}

async function locate(
  session: Connection,
  index: number,
  lane: LaneExpectation,
  expectation: Expectation,
  isPartial: boolean,
): Promise<string> {
  const isExpected = expectation.isExpectedAt(index, lane);
  const deviations = await findDeviations(session, lane, lane.total, isExpected);
  return deviationWords(isPartial ? { ...deviations, missing: [] } : deviations);
}

/** One pass over the table, in the order the rows lie. */
async function checksums(session: Connection): Promise<Map<string, Checksum>> {
  const [rows] = await session.query<RowDataPacket[]>(
    `SELECT origin, lane, COUNT(*) AS n, CAST(SUM(${tupleCrcSql}) AS CHAR) AS total FROM tuples GROUP BY origin, lane`,
  );
  return new Map(
    rows.map((row) => [
      keyOf({ origin: Number(row['origin']), lane: Number(row['lane']) }),
      { count: Number(row['n']), sum: BigInt(String(row['total'])) },
    ]),
  );
}

async function rowCount(session: Connection): Promise<number> {
  const [rows] = await session.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM tuples');
  return Number(rows[0]?.['n']);
}

function keyOf({ origin, lane }: { readonly origin: number; readonly lane: number }): string {
  return `${origin}/${lane}`;
}

function strangers(index: number, key: string, count: number): string {
  const [origin, lane] = key.split('/');
  return `${nodeName(index)}: ${count} tuples of loop ${lane ?? ''} of ${nodeName(Number(origin))} that should not be there`;
}
