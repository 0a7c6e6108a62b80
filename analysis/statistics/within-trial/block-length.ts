/**
 * How long a block must be for the resemblance of neighbours to stay inside it: Politis and White, "Automatic
 * block-length selection for the dependent bootstrap" (2004), as corrected by Patton, Politis and White (2009), for
 * the circular bootstrap:
 *
 *   b = (2 G² / D)^⅓ · n^⅓,   G = Σ λ(k/M) |k| R(k),   g = Σ λ(k/M) R(k),   D = 4/3 · g²,   k = −M … M,
 *
 * with R the autocovariance, λ the flat-top window (1 up to ½, then falling to 0 at 1), and M = 2m, m being the
 * smallest lag after which K = max(5, ⌈√log₁₀ n⌉) autocorrelations in a row are below 2 √(log₁₀ n / n).
 */

/** @param series at least 3 values, not all equal @returns 1 … n/3 */
export function automaticBlockLength(series: readonly number[]): number {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const covariance = (lag: number) => {
    let sum = 0;
    for (let t = 0; t + lag < n; t += 1) sum += ((series[t] ?? 0) - mean) * ((series[t + lag] ?? 0) - mean);
    return sum / n;
  };
  const window = 2 * insignificantFrom(n, covariance);
  let [weighted, spectrum] = [0, covariance(0)];
  for (let lag = 1; lag <= Math.min(window, n - 1); lag += 1) {
    const tapered = 2 * flatTop(lag / window) * covariance(lag);
    weighted += lag * tapered;
    spectrum += tapered;
  }
  const optimal = Math.cbrt(((2 * weighted ** 2) / ((4 / 3) * spectrum ** 2)) * n);
  const longest = Math.max(1, Math.floor(n / 3));
  return Number.isFinite(optimal) ? Math.min(longest, Math.max(1, Math.ceil(optimal))) : longest;
}

function insignificantFrom(n: number, covariance: (lag: number) => number): number {
  const inARow = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const longest = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + inARow);
  const bound = 2 * Math.sqrt(Math.log10(n) / n) * covariance(0);
  let quiet = 0;
  for (let lag = 1; lag <= longest; lag += 1) {
    quiet = Math.abs(covariance(lag)) < bound ? quiet + 1 : 0;
    if (quiet === inARow) return Math.max(1, lag - inARow);
  }
  return longest;
}

function flatTop(x: number): number {
  return x <= 0.5 ? 1 : Math.max(0, 2 * (1 - x));
}
