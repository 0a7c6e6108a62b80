import { describe, expect, it } from 'vitest';
import { aliasOf, bridgeMac, bridgeName, guestMac, runIdIn, tapName } from './link-names.ts';

const runIds = Array.from({ length: 200 }, (_, index) => `2026-11-21-run-${index}`);

describe('names of links', () => {
  it('fit the kernel and are the same for the same run', () => {
    for (const runId of runIds) {
      expect(bridgeName(runId)).toMatch(/^strata[0-9a-f]{6}$/);
      expect(tapName(runId, 99).length).toBeLessThanOrEqual(15);
    }
    expect(new Set(runIds.map(bridgeName)).size).toBe(200);
    expect(bridgeName('a')).toBe(bridgeName('a'));
  });

  it('give the run id back from an alias, and nothing from that of others', () => {
    expect(runIdIn(`${aliasOf('run-1.x_y')}\n`)).toBe('run-1.x_y');
    for (const foreign of ['', 'uplink', 'xstrata=run', 'strata=', 'strata=a b']) {
      expect(runIdIn(foreign)).toBeNull();
    }
  });

  it('come with MAC addresses for one card each, in the range for local use', () => {
    const macs = [bridgeMac('a'), bridgeMac('b'), guestMac('a', 2), guestMac('a', 258), guestMac('b', 2)];
    expect(new Set(macs).size).toBe(5);
    for (const mac of macs) expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
  });
});
