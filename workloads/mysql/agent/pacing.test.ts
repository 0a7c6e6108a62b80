import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf, ticksOf, type Pace } from './pacing.ts';

const pace: Pace = { startNs: 1000, intervalNs: 50, clients: 4 };

describe('the intended times of a paced trial', () => {
  it('are the turns of all loops at the rate of all together', () => {
    const dues = [0, 1].flatMap((cycle) => [0, 1, 2, 3].map((lane) => scheduleOf(pace, lane).dueNs(cycle)));
    expect(dues).toEqual([1000, 1050, 1100, 1150, 1200, 1250, 1300, 1350]);
  });

  it('depend on nothing that happened: a late cycle moves no other', () => {
    const schedule = scheduleOf(pace, 1);
    const once = [5, 6, 7].map((cycle) => schedule.dueNs(cycle));
    schedule.dueNs(100);
    expect([5, 6, 7].map((cycle) => schedule.dueNs(cycle))).toEqual(once);
  });

  it('of a day do not drift', () => {
    const fast = { startNs: 0, intervalNs: 1e9 / 333, clients: 1 };
    expect(scheduleOf(fast, 0).dueNs(333 * 86_400)).toBe(86_400e9);
  });
});

describe('the ticks of an instance', () => {
  it('fall on every due time of its own loops, however many those are', () => {
    const sizes = fc.record({
      instances: fc.integer({ min: 1, max: 15 }),
      more: fc.nat({ max: 20 }),
      cycles: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(sizes, ({ instances, more, cycles }) => {
        const uneven: Pace = { startNs: 500, intervalNs: 64, clients: instances + more };
        for (let instance = 0; instance < instances; instance += 1) {
          const ticks = ticksOf(uneven, instance, instances, cycles);
          const times = new Set(
            Array.from({ length: ticks.count }, (_unused, index) => ticks.startNs + index * ticks.intervalNs),
          );
          for (let lane = instance; lane < uneven.clients; lane += instances)
            for (let cycle = 0; cycle < cycles; cycle += 1)
              expect(times).toContain(scheduleOf(uneven, lane).dueNs(cycle));
        }
      }),
    );
  });

  it('are its own only, where each has as many loops', () => {
    expect(ticksOf(pace, 1, 2, 3)).toEqual({ startNs: 1050, intervalNs: 100, count: 6 });
  });
});
