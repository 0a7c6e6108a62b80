/**
 * Seeded randomness for plans. SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * 2014): 64 bits of state, passes BigCrush, and small enough to be written anew by anyone who checks a plan.
 */

export interface RandomSource {
  /** Uniform whole number in [0, 2^32). */
  nextUint32(): number;
  /** Uniform whole number in [0, bound), without the bias of a remainder. */
  below(bound: number): number;
}

const mask64 = 0xffff_ffff_ffff_ffffn;

export function splitMix64(seed: bigint): RandomSource {
  let state = seed & mask64;
  const nextUint32 = () => {
    state = (state + 0x9e37_79b9_7f4a_7c15n) & mask64;
    return Number(mix64(state) >> 32n);
  };
  const below = (bound: number) => {
    // Values above the last whole multiple of the bound would favour the small remainders: draw again.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let value = nextUint32();
    while (value >= limit) value = nextUint32();
    return value % bound;
  };
  return { nextUint32, below };
}

/** A generator of its own for every purpose under one seed: the purpose is hashed with FNV-1a into the state. */
export function derivedRandom(seed: number, purpose: string): RandomSource {
  let hash = 0xcbf2_9ce4_8422_2325n;
  for (const byte of Buffer.from(purpose)) hash = ((hash ^ BigInt(byte)) * 0x100_0000_01b3n) & mask64;
  return splitMix64(mix64(BigInt(seed) + 0x9e37_79b9_7f4a_7c15n) ^ hash);
}

/** Fisher and Yates: every order equally likely. The input is left as it is. */
export function shuffled<T>(items: readonly T[], random: RandomSource): T[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = random.below(last + 1);
    [order[last], order[chosen]] = [order[chosen] as T, order[last] as T];
  }
  return order;
}

function mix64(input: bigint): bigint {
  let z = input & mask64;
  z = ((z ^ (z >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & mask64;
  z = ((z ^ (z >> 27n)) * 0x94d0_49bb_1331_11ebn) & mask64;
  return z ^ (z >> 31n);
}
