import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeTimes, mapClock, quickest, type Exchange } from './clock-mapping.ts';

/** An exchange at harness time `atNs` with an agent whose clock is given, over a network with these delays. */
function exchange(
  atNs: number,
  agentOf: (harnessNs: number) => number,
  thereNs: number,
  backNs: number,
): Exchange {
  return { askedNs: atNs, answeredNs: atNs + thereNs + backNs, agentNs: agentOf(atNs + thereNs) };
}

describe('the mapping of an agent’s clock', () => {
  it('rests on the quickest answer', () => {
    const one = exchange(0, (ns) => ns, 100, 300);
    const two = exchange(1000, (ns) => ns, 50, 60);
    expect(quickest([one, two, exchange(2000, (ns) => ns, 80, 80)])).toBe(two);
  });

  it('asks several times and keeps the times of the quickest answer', async () => {
    const delaysNs = [900, 400, 70, 300];
    let atNs = 0;
    let asked = 0;
    const kept = await exchangeTimes(
      () => atNs,
      () => {
        atNs += delaysNs[asked] ?? 1_000;
        asked += 1;
        return Promise.resolve(5e9 + asked);
      },
    );
    expect(kept).toEqual({ askedNs: 1_300, answeredNs: 1_370, agentNs: 5e9 + 3 });
  });

  it('is exact when both read the same clock, whatever the network does', () => {
    const same = (ns: number) => ns - 7_000_000;
    const mapping = mapClock(exchange(0, same, 5_000, 90_000), exchange(1e9, same, 90_000, 1_000), 7_000_000);
    expect(mapping.toHarness(same(123_456_789))).toBe(123_456_789);
    expect(mapping).toMatchObject({ isSameClock: true, uncertaintyNs: 0 });
  });

  it('takes a clock that differs for a clock of its own', () => {
    const other = (ns: number) => ns + 5e9;
    const mapping = mapClock(exchange(0, other, 1000, 1000), exchange(1e9, other, 1000, 1000), 0);
    expect(mapping.isSameClock).toBe(false);
    expect(mapping.toHarness(other(5e8))).toBeCloseTo(5e8, 0);
    expect(mapping.uncertaintyNs).toBe(1000);
  });

  it('is never wrong by more than it says, though the clock drifts and the network is lopsided', () => {
    const delay = fc.integer({ min: 0, max: 2_000_000 });
    const ppm = fc.integer({ min: -200, max: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        ppm,
        delay,
        delay,
        delay,
        delay,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (startNs, drift, a, b, c, d, share) => {
          const agentOf = (ns: number) => startNs + ns * (1 + drift / 1e6);
          const before = exchange(0, agentOf, a, b);
          const after = exchange(60e9, agentOf, c, d);
          const mapping = mapClock(before, after, 1e15);
          const atNs = 5e6 + share * 59e9;
          const slackNs = 60e9 * 1e-6;
          expect(Math.abs(mapping.toHarness(agentOf(atNs)) - atNs)).toBeLessThanOrEqual(
            mapping.uncertaintyNs + slackNs,
          );
        },
      ),
    );
  });

  it('takes what the network may have done for no drift, so that durations stay as they were measured', () => {
    const other = (ns: number) => ns + 5e9;
    const mapping = mapClock(exchange(0, other, 100, 900), exchange(1e6, other, 900, 100), 1e15);
    expect(mapping.driftPpm).toBe(0);
    expect(mapping.toHarness(1000) - mapping.toHarness(0)).toBe(1000);
  });

  it('tells how much faster the agent’s clock ran', () => {
    const fast = (ns: number) => ns * (1 + 100e-6);
    const mapping = mapClock(exchange(0, fast, 10, 10), exchange(10e9, fast, 10, 10), 1e15);
    expect(mapping.driftPpm).toBeCloseTo(100, 1);
  });
});
