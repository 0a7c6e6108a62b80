/**
 * Two clocks brought together: that of an agent, whose node may be a virtual machine with a clock of its own, and that
 * of the harness. An exchange asks the agent for its time and keeps the quickest answer, which bounds the error by half
 * of its round trip; one before and one after the trial also show how the clocks drift apart.
 */

/** One answer of an agent; the times are each on its own clock. */
export interface Exchange {
  readonly askedNs: number;
  readonly answeredNs: number;
  readonly agentNs: number;
}

export interface ClockMapping {
  /** A time of the agent's clock on the harness's. */
  readonly toHarness: (agentNs: number) => number;
  /** How wrong a mapped time between the two exchanges can be; follows from their round trips. */
  readonly uncertaintyNs: number;
  /** The agent reads the same clock as the harness: then the mapping is exact. */
  readonly isSameClock: boolean;
  /** How much faster the agent's clock ran, in parts per million; 0 where it cannot be told. */
  readonly driftPpm: number;
}

const exchanges = 15;

/** Asks an agent for its time again and again and keeps the quickest answer. Both clocks count nanoseconds. */
export async function exchangeTimes(
  nowNs: () => number,
  askAgentNs: () => Promise<number>,
): Promise<Exchange> {
  const all: Exchange[] = [];
  while (all.length < exchanges) {
    const askedNs = nowNs();
    const agentNs = await askAgentNs();
    all.push({ askedNs, answeredNs: nowNs(), agentNs });
  }
  return quickest(all);
}

/** The quickest of several exchanges. */
export function quickest(exchanges: readonly Exchange[]): Exchange {
  const [first, ...others] = exchanges;
  if (first === undefined) throw new RangeError('no exchange');
  const roundTrip = ({ askedNs, answeredNs }: Exchange) => answeredNs - askedNs;
  return others.reduce((best, one) => (roundTrip(one) < roundTrip(best) ? one : best), first);
}

/**
 * @param expectedOffsetNs harness time minus agent time if both read one clock: when both exchanges agree with it within
 *   their error, they do, and it is taken in the place of what was measured
 */
export function mapClock(before: Exchange, after: Exchange, expectedOffsetNs: number): ClockMapping {
  const agrees = (one: Exchange) => Math.abs(offset(one) - expectedOffsetNs) <= error(one);
  if (agrees(before) && agrees(after)) {
    return {
      toHarness: (agentNs) => agentNs + expectedOffsetNs,
      ...{ uncertaintyNs: 0, isSameClock: true, driftPpm: 0 },
    };
  }
  return areApart(offset(before), offset(after), error(before) + error(after))
    ? drifting(before, after)
    : steady([offset(before), error(before)], [offset(after), error(after)]);
}

function areApart(one: number, other: number, byNs: number): boolean {
  return Math.abs(one - other) > byNs;
}

/** Both exchanges allow for one offset: no drift can be told, and intervals of time are left as they are. */
function steady(...measured: readonly (readonly [offsetNs: number, errorNs: number])[]): ClockMapping {
  const lowest = measured.map(([offsetNs, errorNs]) => offsetNs - errorNs);
  const highest = measured.map(([offsetNs, errorNs]) => offsetNs + errorNs);
  const offsetNs = (Math.max(...lowest) + Math.min(...highest)) / 2;
  return {
    toHarness: (agentNs) => agentNs + offsetNs,
    uncertaintyNs: Math.max(offsetNs - Math.min(...lowest), Math.max(...highest) - offsetNs),
    ...{ isSameClock: false, driftPpm: 0 },
  };
}

function drifting(before: Exchange, after: Exchange): ClockMapping {
  const slope = (offset(after) - offset(before)) / (after.agentNs - before.agentNs);
  return {
    toHarness: (agentNs) => agentNs + offset(before) + slope * (agentNs - before.agentNs),
    uncertaintyNs: Math.max(error(before), error(after)),
    ...{ isSameClock: false, driftPpm: -slope * 1e6 },
  };
}

/** Harness time minus agent time, if the answer took as long as the question. */
function offset({ askedNs, answeredNs, agentNs }: Exchange): number {
  return (askedNs + answeredNs) / 2 - agentNs;
}

function error({ askedNs, answeredNs }: Exchange): number {
  return (answeredNs - askedNs) / 2;
}
