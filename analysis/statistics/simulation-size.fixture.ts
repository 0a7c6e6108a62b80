/**
 * How long simulations in tests run: short in an ordinary run, longer at night. `STRATA_SIMULATIONS=100000` asks for
 * fifty times the usual, as in `simulation.fixture.ts`, whose usual is 2 000.
 */
const usual = 2_000;

/** @param short number of repetitions in an ordinary test run */
export function simulations(short: number): number {
  const asked = Number(process.env['STRATA_SIMULATIONS'] ?? usual);
  return Math.round(short * Math.max(1, asked / usual));
}
