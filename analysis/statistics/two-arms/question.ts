/** What no test can be asked: mistakes of the caller, not properties of the trials. */

/** @throws RangeError */
export function refuseRatio(ratio: number): void {
  if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`a ratio must be positive; got ${ratio}`);
}

/** @throws RangeError */
export function refuseProbability(name: string, value: number): void {
  if (!(value > 0 && value < 1)) throw new RangeError(`${name} must lie between 0 and 1; got ${value}`);
}
