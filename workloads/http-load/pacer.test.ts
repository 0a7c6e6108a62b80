import { describe, expect, it } from 'vitest';
import { deferred } from '../../harness/foundation/deferred.ts';
import { startClock } from './clock.ts';
import { startPacer } from './pacer.ts';

/** Times of all ticks of one schedule, relative to its start. */
async function ticksOf(intervalNs: number, count: number): Promise<number[]> {
  const clock = startClock();
  await using pacer = startPacer(clock);
  const ticks: number[] = [];
  const over = deferred<undefined>();
  const startNs = clock.nowNs() + 50_000_000;
  pacer.onTick(() => {
    ticks.push(clock.nowNs() - startNs);
    if ((ticks.at(-1) ?? 0) >= (count - 1) * intervalNs) over.resolve(undefined);
  });
  pacer.start(startNs, intervalNs, count);
  await over.promise;
  return ticks;
}

describe('the pacer', () => {
  it('ticks once per due time, never before it, until the last', async () => {
    // Long enough that a machine which stands still for a moment does not merge them all into one.
    const ticks = await ticksOf(5_000_000, 100);
    expect(ticks[0]).toBeGreaterThanOrEqual(0);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(100);
    ticks.forEach((tickNs, index) => expect(tickNs).toBeGreaterThanOrEqual(index * 5_000_000));
  });

  it('ticks for due times that are closer than the timers of Node, each by itself', async () => {
    // A busy machine merges ticks, but never divides them: woken every millisecond, it could give 101 of them at most.
    let most = 0;
    for (let tried = 0; tried < 30 && most <= 120; tried += 1) {
      most = Math.max(most, (await ticksOf(500_000, 200)).length);
    }
    expect(most).toBeGreaterThan(120);
  });

  it('merges due times that are closer than it can serve one by one', async () => {
    const ticks = await ticksOf(10_000, 2000);
    expect(ticks.length).toBeLessThanOrEqual(201);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(19_990_000);
  });
});
