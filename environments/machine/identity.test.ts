import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityLines, macAddress, type GuestIdentity } from './identity.ts';

const identity: GuestIdentity = {
  hostname: 'replica-1',
  realtimeNs: 1_795_000_000_123_456_789n,
  seed: Uint8Array.of(0, 1, 254, 255),
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', address: '10.200.1.2', prefixLength: 24 }],
  files: [{ path: '/run/strata/host_key', mode: 0o600, content: 'key\n' }],
  workDir: '/strata/work',
  dataDir: '/strata/data',
  storage: 'disk',
};

describe('the identity of a guest', () => {
  it('is told line by line, the clock first and the address last', () => {
    expect(identityLines(identity)).toEqual([
      'clock 1795000000123456789',
      'seed 0001feff',
      'hostname replica-1',
      'file /run/strata/host_key 600 6b65790a',
      'directory /strata/work',
      'directory /strata/data',
      'interface eth0 02:00:00:00:00:01 10.200.1.2/24',
    ]);
  });

  it('puts the data directory of a node with a RAM disk on one', () => {
    expect(identityLines({ ...identity, storage: 'ram' })).toContain('tmpfs /strata/data');
  });

  it('never breaks the protocol of one line a fact, whatever a file contains', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (content) => {
        const lines = identityLines({ ...identity, files: [{ path: '/run/x', mode: 0o644, content }] });
        expect(lines).toHaveLength(7);
        for (const line of lines) expect(line).toMatch(/^[^\n]+$/);
        const hex = lines[3]?.split(' ')[3] ?? '';
        expect(Buffer.from(hex, 'hex').toString()).toBe(Buffer.from(content).toString());
      }),
    );
  });

  it('cuts a host name to what the kernel takes', () => {
    const [, , hostname] = identityLines({ ...identity, hostname: 'n'.repeat(100) });
    expect(hostname).toBe(`hostname ${'n'.repeat(63)}`);
  });
});

describe('hardware addresses', () => {
  it('are locally administered, unicast, and differ by node', () => {
    const addresses = Array.from({ length: 300 }, (_, index) => macAddress(Uint8Array.of(1, 2, 3), index));
    expect(new Set(addresses).size).toBe(300);
    expect(addresses[257]).toBe('02:01:02:03:01:01');
  });
});
