/** The clock of one drive: nanoseconds since its epoch, monotonic. */

export interface DriveClock {
  /** `process.hrtime` at time zero: comparable between processes of one host. */
  readonly epochHrtimeNs: bigint;
  /** Wall-clock label of time zero; never used in arithmetic. */
  readonly epochIso: string;
  readonly nowNs: () => number;
}

/** Starts a clock at zero. It is `process.hrtime` itself, less the epoch: exact to the nanosecond against others. */
export function startClock(): DriveClock {
  const epochIso = new Date().toISOString();
  const [epochS, epochNs] = process.hrtime();
  return {
    epochHrtimeNs: BigInt(epochS) * 1_000_000_000n + BigInt(epochNs),
    epochIso,
    nowNs: () => {
      const [nowS, nowNs] = process.hrtime();
      return (nowS - epochS) * 1e9 + (nowNs - epochNs);
    },
  };
}
