/** The rules that make a completed trial unfit for a verdict. Each says which rule, with the figure. */
import type { Cell } from '../foundation/cell.ts';
import type { DriverFacts, Verification } from '../../workloads/workload.ts';
import type { TrialMetrics } from '../../results/store/records.ts';

/** Above this the load generator is part of what is measured (STATISTICS.md, closed and open loop). */
export const driverUtilizationLimit = 0.7;
/** An open loop that achieved less than this of its offered rate measured the generator or a collapse. */
export const achievedRateLimit = 0.99;

export function invalidReasons(
  cell: Cell,
  driver: DriverFacts,
  metrics: TrialMetrics,
  verification: Verification,
): readonly string[] {
  const reasons: string[] = [];
  if (driver.eventLoopUtilization > driverUtilizationLimit) {
    reasons.push(
      `driver saturated: event-loop utilisation ${driver.eventLoopUtilization.toFixed(2)} > ${driverUtilizationLimit}`,
    );
  }
  if (cell.load.kind === 'open' && metrics.throughputPerS < achievedRateLimit * cell.load.ratePerS) {
    const share = ((100 * metrics.throughputPerS) / cell.load.ratePerS).toFixed(1);
    reasons.push(
      `achieved ${share} % of the offered ${cell.load.ratePerS}/s, less than ${achievedRateLimit * 100} %`,
    );
  }
  if (verification.correct === null) {
    reasons.push(`correctness unknown: ${verification.problems.join('; ') || verification.statement}`);
  }
  return reasons;
}
