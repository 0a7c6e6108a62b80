/**
 * Which tuples there should be, as a count and a sum of CRC-32s. A sum does not depend on the order of the rows, counts
 * doubles, and the server computes it in one pass. Nothing here asks a database.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { tupleValue, writeTupleText, type Batch } from '../tuples.ts';

export interface Checksum {
  readonly count: number;
  readonly sum: bigint;
}

export const nothing: Checksum = { count: 0, sum: 0n };

export interface LaneTuples {
  readonly origin: number;
  readonly lane: number;
  /** `laneSeed` of the two. */
  readonly ofLane: number;
  readonly stringLength: number;
}

/** CRC-32 of the tuple `origin,lane,seq,value,text`, by number. */
export function tupleCrc({ origin, lane, ofLane, stringLength }: LaneTuples): (seq: number) => number {
  const prefix = Buffer.from(`${origin},${lane},`);
  const text = Buffer.alloc(stringLength);
  const ofPrefix = crc32(prefix);
  return (seq) => {
    writeTupleText(ofLane, seq, stringLength, text, 0);
    return crc32(text, crc32(`${seq},${tupleValue(ofLane, seq)},`, ofPrefix));
  };
}

const tuplesPerBreath = 50_000;

/** Of consecutive tuples; lets others run in between. */
export async function checksumOf(
  tuples: LaneTuples,
  { firstSeq, count }: Batch,
  signal: AbortSignal,
): Promise<Checksum> {
  const crcOf = tupleCrc(tuples);
  let sum = 0n;
  for (let done = 0; done < count;) {
    signal.throwIfAborted();
    // Sums of so few 32-bit numbers are exact as doubles.
    let partial = 0;
    for (const end = Math.min(count, done + tuplesPerBreath); done < end; done += 1)
      partial += crcOf(firstSeq + done);
    sum += BigInt(partial);
    await breathe();
  }
  return { count, sum };
}

export function minus(whole: Checksum, part: Checksum): Checksum {
  return { count: whole.count - part.count, sum: whole.sum - part.sum };
}

export function areEqual(one: Checksum, other: Checksum): boolean {
  return one.count === other.count && one.sum === other.sum;
}
