import { expect, it } from 'vitest';
import { startClock } from './clock.ts';

it('counts nanoseconds from its epoch on the clock that all processes of the host share', () => {
  const clock = startClock();
  for (let reading = 0; reading < 1000; reading += 1) {
    const before = process.hrtime.bigint();
    const nowNs = clock.nowNs();
    const after = process.hrtime.bigint();
    expect(clock.epochHrtimeNs + BigInt(nowNs)).toBeGreaterThanOrEqual(before);
    expect(clock.epochHrtimeNs + BigInt(nowNs)).toBeLessThanOrEqual(after);
  }
});
