/**
 * The tuples of the inserter (paper `containers-vs-vms`, section 3.1: a whole number from 0 to 100 and a random
 * string). Each follows from the trial's seed, its instance, loop and number alone, so that agent and harness make
 * the same ones without asking each other. Non-goal: secrets.
 */

/** Consecutive tuples of one loop. */
export interface Batch {
  readonly firstSeq: number;
  readonly count: number;
}

const goldenGamma = 0x9e37_79b9;

/** A bijection of 32-bit numbers that leaves no visible pattern (constants of the `lowbias32` family). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x21f0_aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
  return mixed ^ (mixed >>> 15);
}

/** Where the random numbers of a loop start. `seed` is any safe integer; `origin` the instance. */
export function laneSeed(seed: number, origin: number, lane: number): number {
  const ofSeed = mix(mix(seed | 0) ^ Math.floor(seed / 2 ** 32));
  return mix(mix(ofSeed + Math.imul(origin + 1, goldenGamma)) + Math.imul(lane + 1, goldenGamma));
}

function tupleSeed(ofLane: number, seq: number): number {
  return mix((ofLane + Math.imul(seq + 1, goldenGamma)) | 0);
}

/** The number of a tuple: 0–100. */
export function tupleValue(ofLane: number, seq: number): number {
  return (tupleSeed(ofLane, seq) >>> 0) % 101;
}

/** Writes the letters of a tuple (a–z, one byte each) at `offset`. */
export function writeTupleText(
  ofLane: number,
  seq: number,
  length: number,
  target: Uint8Array,
  offset: number,
): void {
  let state = tupleSeed(ofLane, seq);
  for (let at = offset, end = offset + length; at < end;) {
    state = (state + goldenGamma) | 0;
    let drawn = mix(state);
    for (let last = Math.min(at + 4, end); at < last; at += 1) {
      target[at] = 97 + (((drawn & 0xff) * 26) >> 8);
      drawn >>>= 8;
    }
  }
}

export function tupleText(ofLane: number, seq: number, length: number): string {
  const letters = Buffer.alloc(length);
  writeTupleText(ofLane, seq, length, letters, 0);
  return letters.toString('latin1');
}
