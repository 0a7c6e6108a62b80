import { describe, expect, it } from 'vitest';
import { formatSubnet, overlaps, parseSubnet } from './subnet.ts';
import { forwardCommand, loopbackSubnet, multicastGroup, planUserNetwork } from './user-network.ts';

const plan = (sshPorts: readonly number[], firstIndex = 0, runId = 'run-a') =>
  planUserNetwork({ runId, sshPorts, socketPort: 12_000, firstIndex });

describe('the user network', () => {
  it('gives every node an address of its own on the loopback of the host, all in one subnet', () => {
    const nodes = plan([11_001, 11_002, 11_003]);
    expect(new Set(nodes.map(({ address }) => address)).size).toBe(3);
    for (const { address } of nodes) {
      const own = parseSubnet(`${address}/32`);
      expect(own !== null && overlaps(own, loopbackSubnet('run-a'))).toBe(true);
    }
  });

  it('stays out of the loopback addresses that guests and services keep', () => {
    for (const runId of Array.from({ length: 500 }, (_, index) => `run-${index}`)) {
      expect(formatSubnet(loopbackSubnet(runId))).toMatch(
        /^127\.(12[89]|1[3-9]\d|2[0-4]\d|25[0-5])\.\d+\.0\/24$/,
      );
      expect(multicastGroup(runId)).toMatch(/^239\.\d+\.\d+\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/);
    }
  });

  it('leads to SSH through the first card and to the other nodes through the second', () => {
    const [first, second] = plan([11_001, 11_002]);
    expect(first?.ssh).toEqual({ host: '127.0.0.1', port: 11_001 });
    expect(first?.nics[0]?.backend).toEqual({
      kind: 'user',
      forwards: [{ hostPort: 11_001, guestPort: 22 }],
    });
    expect(first?.nics[1]?.backend).toMatchObject({
      kind: 'socket',
      endpoint: { kind: 'multicast', port: 12_000, localAddress: '127.0.0.1' },
    });
    expect(second?.nics[1]?.backend).toEqual(first?.nics[1]?.backend);
  });

  it('keeps the cards the same for all nodes, as a template has them, and tells nodes apart inside', () => {
    const nodes = plan([11_001, 11_002]);
    const [macs, others] = nodes.map(({ nics }) => nics.map(({ mac }) => mac));
    expect(macs).toEqual(others);
    const inside = nodes.map(({ interfaces }) => interfaces[1]);
    expect(inside[0]?.mac).not.toBe(inside[1]?.mac);
    expect(inside.map((card) => card?.address)).toEqual(nodes.map(({ address }) => address));
  });

  it('lets an address rest before it is given again', () => {
    const [first] = plan([11_001], 0);
    expect(plan([11_001], 252)[0]?.address).not.toBe(first?.address);
    expect(plan([11_001], 253)[0]?.address).toBe(first?.address);
    const whole = plan(Array.from({ length: 253 }, (_, index) => 11_000 + index));
    expect(new Set(whole.map(({ address }) => address)).size).toBe(253);
    expect(whole.some(({ address }) => /\.(0|1|255)$/.test(address))).toBe(false);
  });

  it('refuses more nodes than it has addresses for', () => {
    expect(() => plan(Array.from({ length: 254 }, (_, index) => 11_000 + index))).toThrow(/253 addresses/);
  });

  it('forwards a port to the same port of the same address', () => {
    expect(forwardCommand('net0', '127.200.7.2', 7000)).toBe(
      'hostfwd_add net0 tcp:127.200.7.2:7000-127.200.7.2:7000',
    );
  });
});
