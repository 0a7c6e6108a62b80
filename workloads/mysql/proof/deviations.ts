/**
 * Where a loop's tuples in one database differ from what should be there: read row by row, only when the checksums
 * differ.
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { tupleCrcSql } from '../schema.ts';
import type { Batch } from '../tuples.ts';
import { tupleCrc, type LaneTuples } from './checksum.ts';

/** Both ends included. */
export interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

export interface Deviations {
  readonly missing: readonly SequenceRange[];
  readonly doubled: readonly SequenceRange[];
  /** There, with another number or string than was inserted. */
  readonly altered: readonly SequenceRange[];
  /** There, and nobody says they were sent. */
  readonly unexpected: readonly SequenceRange[];
}

/** All copies of one tuple. */
export interface SeenTuple {
  readonly seq: number;
  readonly copies: number;
  readonly lowestCrc: number;
  readonly highestCrc: number;
}

/** Pure. @param seen by ascending sequence @param isExpected for sequences below `end`; all others are not */
export function compareTuples(
  seen: readonly SeenTuple[],
  crcOf: (seq: number) => number,
  end: number,
  isExpected: (seq: number) => boolean,
): Deviations {
  const missing = openRanges();
  const doubled = openRanges();
  const altered = openRanges();
  const unexpected = openRanges();
  let next = 0;
  const skipTo = (seq: number) => {
    for (; next < Math.min(seq, end); next += 1) if (isExpected(next)) missing.add(next);
  };
  for (const { seq, copies, lowestCrc, highestCrc } of seen) {
    skipTo(seq);
    if (seq < 0 || seq >= end || !isExpected(seq)) unexpected.add(seq);
    else if (copies > 1) doubled.add(seq);
    const crc = crcOf(seq);
    if (lowestCrc !== crc || highestCrc !== crc) altered.add(seq);
    next = Math.max(next, seq + 1);
  }
  skipTo(end);
  return {
    ...{ missing: missing.list, doubled: doubled.list },
    ...{ altered: altered.list, unexpected: unexpected.list },
  };
}

export async function readLane(
  session: Connection,
  { origin, lane }: Pick<LaneTuples, 'origin' | 'lane'>,
): Promise<SeenTuple[]> {
  const [rows] = await session.query<RowDataPacket[]>(
    `SELECT seq, COUNT(*) AS copies, MIN(${tupleCrcSql}) AS low, MAX(${tupleCrcSql}) AS high FROM tuples WHERE origin = ? AND lane = ? GROUP BY seq ORDER BY seq`,
    [origin, lane],
  );
  return rows.map((row) => ({
    seq: Number(row['seq']),
    copies: Number(row['copies']),
    lowestCrc: Number(row['low']),
    highestCrc: Number(row['high']),
  }));
}

export async function findDeviations(
  session: Connection,
  tuples: LaneTuples,
  end: number,
  isExpected: (seq: number) => boolean,
): Promise<Deviations> {
  return compareTuples(await readLane(session, tuples), tupleCrc(tuples), end, isExpected);
}

/** In words: `200 missing (100–299)`; empty when there are none. */
export function deviationWords({ missing, doubled, altered, unexpected }: Deviations): string {
  const kinds = { missing, doubled, altered, unexpected };
  return Object.entries(kinds)
    .filter(([, ranges]) => ranges.length > 0)
    .map(([kind, ranges]) => `${sizeOf(ranges)} ${kind} (${rangeWords(ranges)})`)
    .join(', ');
}

const shownRanges = 8;

export function rangeWords(ranges: readonly SequenceRange[]): string {
  const shown = ranges
    .slice(0, shownRanges)
    .map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
  return ranges.length > shownRanges
    ? `${shown.join(', ')} and ${ranges.length - shownRanges} more ranges`
    : shown.join(', ');
}

export function sizeOf(ranges: readonly SequenceRange[]): number {
  return ranges.reduce((total, { first, last }) => total + last - first + 1, 0);
}

/** The tuples of some batches, in any order. */
export function rangesOf(batches: readonly Batch[]): SequenceRange[] {
  const joined: { first: number; last: number }[] = [];
  for (const { firstSeq, count } of [...batches].sort((a, b) => a.firstSeq - b.firstSeq)) {
    const current = joined.at(-1);
    if (current?.last === firstSeq - 1) current.last += count;
    else joined.push({ first: firstSeq, last: firstSeq + count - 1 });
  }
  return joined;
}

/** Joins numbers that come in ascending order. */
function openRanges() {
  const list: { first: number; last: number }[] = [];
  return {
    list: list as readonly SequenceRange[],
    add(seq: number) {
      const current = list.at(-1);
      if (current?.last === seq - 1) current.last = seq;
      else list.push({ first: seq, last: seq });
    },
  };
}
