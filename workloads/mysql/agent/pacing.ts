/**
 * When the cycles of a paced trial are due. The loops of all instances take turns at the rate of all together, so every
 * loop keeps the same pace and a cycle that is late moves no other. With as many loops on each instance, each
 * instance keeps exactly rate D. Pure.
 */

export interface Schedule {
  /** Intended time of a loop's n-th cycle of the phase. */
  readonly dueNs: (cycle: number) => number;
}

export interface Pace {
  readonly startNs: number;
  /** Between any two cycles of all loops. */
  readonly intervalNs: number;
  readonly clients: number;
}

export function scheduleOf({ startNs, intervalNs, clients }: Pace, lane: number): Schedule {
  return { dueNs: (cycle) => Math.round(startNs + (cycle * clients + lane) * intervalNs) };
}

/** Times at which an instance has to look for due cycles: `startNs + k × intervalNs` for k < `count`. */
export interface Ticks {
  readonly startNs: number;
  readonly intervalNs: number;
  readonly count: number;
}

export function ticksOf(pace: Pace, instance: number, instances: number, cycles: number): Ticks {
  const { startNs, intervalNs, clients } = pace;
  // As many loops on each instance: its turns are evenly spread, and there are no others to wake for.
  return clients % instances === 0
    ? {
        startNs: Math.round(startNs + instance * intervalNs),
        intervalNs: intervalNs * instances,
        count: (cycles * clients) / instances,
      }
    : { startNs: Math.round(startNs), intervalNs, count: cycles * clients };
}
