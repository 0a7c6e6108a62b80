/**
 * The noncentral t distribution: what t becomes when there is an effect.
 *
 * T = (Z + δ) / s with Z standard normal and s = √(χ²ᵥ/ν), the estimated spread over the true one. Given s, T > c
 * exactly when Z > c·s − δ, so that P(T > c) = E Φ(δ − c·s). With u = ln s the density of u is proportional to
 * exp(ν(u − e²ᵘ/2)): smooth and quickly falling on both sides for every ν ≥ 1, where the trapezoidal rule converges
 * exponentially. It keeps its accuracy for large δ, where the usual series (AS 243) underflows.
 * Source: N. L. Johnson, S. Kotz and N. Balakrishnan, "Continuous Univariate Distributions" 2, chapter 31; L. N.
 * Trefethen and J. A. C. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56 (2014).
 * Oracle: R `pt(t, df, ncp)`.
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';

/** The density of u is below e⁻⁴⁰ of its peak outside of where it is summed. */
const depth = 40;
/** Points to the narrowest feature: the spread of u, 1/√(2ν), or the rise of Φ, which is 1/δ wide. */
const pointsPerFeature = 6;

/**
 * P(T > critical).
 *
 * @param df ≥ 1, need not be whole
 * @param noncentrality δ: the effect in standard errors
 */
export function noncentralTUpperTail(critical: number, df: number, noncentrality: number): number {
  const probability = (s: number) => normalCdf(noncentrality - critical * s, 0, 1);
  return meanOverSpread(df, Math.abs(noncentrality), probability);
}

/**
 * The mean of `of` over s = √(χ²ᵥ/ν).
 *
 * @param steepness of `of`: one over the width, on the scale of ln s, of its sharpest change
 */
export function meanOverSpread(df: number, steepness: number, of: (s: number) => number): number {
  const reach = Math.sqrt(depth / df);
  const [from, to] = [-(depth / df) - reach, reach];
  const points = Math.ceil((to - from) * pointsPerFeature * Math.max(Math.sqrt(2 * df), steepness));
  const step = (to - from) / points;
  let [sum, weights] = [0, 0];
  for (let index = 0; index <= points; index += 1) {
    const u = from + index * step;
    const weight = Math.exp(df * (u - Math.expm1(2 * u) / 2));
    weights += weight;
    sum += weight * of(Math.exp(u));
  }
  return sum / weights;
}
