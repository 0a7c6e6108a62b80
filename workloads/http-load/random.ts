/** Independent streams of pseudo-random numbers from one seed. Non-goal: secrets. */

/**
 * The stream numbered `stream` (32 bit) of `seed` (any safe integer): uniform in [0, 1) with 32 bits of resolution.
 * SplitMix32: a Weyl sequence through the finaliser of MurmurHash3, whose start is hashed from seed and stream.
 */
export function randomStream(seed: number, stream: number): () => number {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  let state = mix(mix(mix(low) ^ high) + Math.imul(stream, goldenGamma));
  return () => {
    state = (state + goldenGamma) | 0;
    return mix(state) / 2 ** 32;
  };
}

const goldenGamma = 0x9e37_79b9;

function mix(value: number): number {
  let mixed = value | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
