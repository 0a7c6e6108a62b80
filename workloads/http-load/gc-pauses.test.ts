import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startClock } from './clock.ts';
import { observePauses } from './gc-pauses.ts';

it('says when this process stood still to collect garbage, on the clock of the samples', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const clock = startClock();
  const finish = observePauses(clock);
  // Enough live objects that a full collection takes a while.
  const alive = Array.from({ length: 1_000_000 }, (_, index) => ({ index }));
  const beforeNs = clock.nowNs();
  collect();
  const afterNs = clock.nowNs();
  await sleep(20);
  const pauses = finish();
  expect(alive).toHaveLength(1_000_000);
  const inside = pauses.filter(({ atNs }) => atNs >= beforeNs - 1e6 && atNs <= afterNs);
  expect(inside.length).toBeGreaterThan(0);
  for (const { kind, atNs, durationNs = 0 } of inside) {
    expect(kind).toBe('gc-pause');
    expect(durationNs).toBeGreaterThanOrEqual(5e6);
    expect(atNs + durationNs).toBeLessThanOrEqual(afterNs + 1e6);
  }
});
