/**
 * Seeded randomness that is fast enough to draw a hundred million indices: sfc32 (Doty-Humphrey, PractRand), 128 bits
 * of state in four 32-bit words. Plans use the slower SplitMix64 of `harness/plan/`, which is easier to write anew.
 */

/**
 * Fills arrays with uniform whole numbers in [0, 2^32); equal seeds give equal streams. One call draws many, because a
 * call for each would cost more than the drawing.
 *
 * @param seed any finite number
 */
export function randomWords(seed: number): (into: Uint32Array) => void {
  const state = Int32Array.of(seed, Math.floor(seed / 2 ** 32), 0x9e37_79b9, 1);
  const fill = (into: Uint32Array) => {
    let [a = 0, b = 0, c = 0, counter = 0] = state;
    for (let place = 0; place < into.length; place += 1) {
      const drawn = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + drawn) | 0;
      into[place] = drawn;
    }
    state.set([a, b, c, counter]);
  };
  // The first words still resemble the seed.
  fill(new Uint32Array(15));
  return fill;
}

/** The same numbers one by one. */
export function randomStream(seed: number): () => number {
  const fill = randomWords(seed);
  const words = new Uint32Array(64);
  let next = words.length;
  return () => {
    if (next === words.length) {
      fill(words);
      next = 0;
    }
    next += 1;
    return words[next - 1] ?? 0;
  };
}

/**
 * Uniform whole number in [0, bound) by scaling. Favours some values by less than bound / 2^32, which for a few
 * thousand trials is a millionth of the width of any interval.
 */
export function drawBelow(next: () => number, bound: number): number {
  return Math.floor(next() * (bound / 2 ** 32));
}

/** Standard normal deviates (Marsaglia's polar method), for simulations. */
export function normalStream(seed: number): () => number {
  const next = randomStream(seed);
  const uniform = () => (next() / 2 ** 32) * 2 - 1;
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const [u, v] = [uniform(), uniform()];
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = v * scale;
      return u * scale;
    }
  };
}
