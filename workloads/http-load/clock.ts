/** The clock of one drive: nanoseconds since its epoch, monotonic. */

export interface DriveClock {
  /** `process.hrtime` at time zero: comparable between processes of one host. */
  readonly epochHrtimeNs: bigint;
  /** Wall-clock label of time zero; never used in arithmetic. */
  readonly epochIso: string;
  readonly nowNs: () => number;
}

/** Starts a clock at zero. Both sources read the same kernel clock, one right after the other (< 1 µs apart). */
export function startClock(): DriveClock {
  const epochIso = new Date().toISOString();
  const epochHrtimeNs = process.hrtime.bigint();
  const epochMs = performance.now();
  return { epochHrtimeNs, epochIso, nowNs: () => Math.round((performance.now() - epochMs) * 1e6) };
}
