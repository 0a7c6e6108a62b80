import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { createRunBridge } from './bridge.ts';
import { firewallSeesBridges } from './forwarding-rule.ts';
import { port, startGuest } from './guest.fixture.ts';
import { bridgeName } from './link-names.ts';
import { listLinks, reapLinks, removeLinks } from './leftovers.ts';
import { routeContainers } from './routes.ts';
import { addressIn, chooseSubnet, formatSubnet, routedSubnets } from './subnet.ts';

const { signal } = new AbortController();
const runIds: string[] = [];
const newRun = (id = `net-test-${randomUUID()}`) => {
  runIds.push(id);
  return id;
};
const ip = async (...args: string[]) => (await execa('ip', args)).stdout;
const namesOf = async (runId: string) => (await listLinks(runId)).map(({ name }) => name).sort();
const bridgeFile = async (bridge: string, file: string) =>
  (await readFile(`/sys/class/net/${bridge}/${file}`, 'utf8')).trim();

afterEach(async () => {
  for (const runId of runIds.splice(0)) {
    await removeLinks(runId);
    expect(await ip('route')).not.toContain(bridgeName(runId));
    expect((await execa('iptables', ['-S', 'FORWARD'])).stdout).not.toContain(runId);
  }
});

describe.skipIf(process.getuid?.() !== 0)('the bridge of a run', { timeout: 60_000 }, () => {
  it('carries frames between guests and between host and guest, whatever firewall the host has', async () => {
    await using bridge = await createRunBridge({ runId: newRun(), signal });
    const [one, two] = [addressIn(bridge.subnet, 2), addressIn(bridge.subnet, 3)];
    await using a = await startGuest(bridge.name, one);
    await using b = await startGuest(bridge.name, two);
    expect(await a.reaches(two, port)).toBe(true);
    expect(await b.reaches(one, port)).toBe(true);
    expect(await reachable(one)).toBe(true);
    expect(await ip('-6', 'addr', 'show', 'dev', bridge.name)).toBe('');
    expect((await namesOf(runIds[0] ?? '')).some((name) => name.startsWith('firewall rule'))).toBe(
      await firewallSeesBridges(),
    );
  });

  it('forwards at once, speaks no IPv6, and keeps its MAC address when taps come', async () => {
    await using bridge = await createRunBridge({ runId: newRun(), signal });
    const mac = await bridgeFile(bridge.name, 'address');
    expect(await bridgeFile(bridge.name, 'bridge/stp_state')).toBe('0');
    expect(await bridgeFile(bridge.name, 'bridge/forward_delay')).toBe('0');
    const taps = await bridge.taps(3, signal);
    expect(await bridgeFile(bridge.name, 'address')).toBe(mac);
    for (const name of [bridge.name, ...taps.names]) {
      expect(await ip('-6', 'addr', 'show', 'dev', name)).toBe('');
    }
  });

  it('has taps, up and attached, whose names are never given twice at a time', async () => {
    const runId = newRun();
    await using bridge = await createRunBridge({ runId, signal });
    const [first, second] = await Promise.all([bridge.taps(15, signal), bridge.taps(15, signal)]);
    expect(new Set([...first.names, ...second.names]).size).toBe(30);
    const attached = await ip('-br', 'link', 'show', 'master', bridge.name, 'up');
    expect(attached.split('\n')).toHaveLength(30);
    await first[Symbol.asyncDispose]();
    expect(await namesOf(runId)).toEqual(expect.arrayContaining([...second.names]));
    expect((await namesOf(runId)).filter((name) => first.names.includes(name))).toEqual([]);
    await first[Symbol.asyncDispose]();
    expect((await bridge.taps(2, signal)).names).toEqual(first.names.slice(0, 2));
  });

  it('is refused more taps than there are names for, and none is made', async () => {
    const runId = newRun();
    await using bridge = await createRunBridge({ runId, signal });
    await expect(bridge.taps(101, signal)).rejects.toMatchObject({ code: 'STRATA-E348' });
    expect((await namesOf(runId)).filter((name) => name.includes('-'))).toEqual([]);
  });

  it('gets a subnet of its own when several runs choose the same one at the same moment', async () => {
    const ids = runsThatChooseAlike(5);
    const bridges = await Promise.all(ids.map((runId) => createRunBridge({ runId: newRun(runId), signal })));
    const subnets = bridges.map(({ subnet }) => formatSubnet(subnet));
    expect(new Set(subnets).size).toBe(5);
    const routes = (await ip('route')).split('\n');
    for (const subnet of subnets) {
      expect(routes.filter((route) => route.startsWith(subnet))).toHaveLength(1);
    }
    for (const bridge of bridges) await bridge[Symbol.asyncDispose]();
  });

  it('leaves nothing when it is disposed, twice included', async () => {
    const runId = newRun();
    const bridge = await createRunBridge({ runId, signal });
    await bridge.taps(3, signal);
    await bridge[Symbol.asyncDispose]();
    await bridge[Symbol.asyncDispose]();
    expect(await listLinks(runId)).toEqual([]);
  });

  it('leaves nothing when its creation is broken off', async () => {
    const runId = newRun();
    for (const afterMs of [0, 5, 10, 15, 20, 30]) {
      const creation = createRunBridge({ runId, signal: AbortSignal.timeout(afterMs) });
      const outcome = await creation.catch((error: unknown) => error as Error);
      if (!(outcome instanceof Error)) await outcome[Symbol.asyncDispose]();
      expect(await listLinks(runId)).toEqual([]);
      expect(await ip('link')).not.toContain(bridgeName(runId));
    }
  });

  it('takes the place of what a killed harness left under the same run id', async () => {
    const runId = newRun();
    await (await createRunBridge({ runId, signal })).taps(4, signal);
    await using again = await createRunBridge({ runId, signal });
    expect((await namesOf(runId)).filter((name) => !name.startsWith('firewall'))).toEqual([again.name]);
  });

  it('does not touch a link of the same name that is not its own', async () => {
    const runId = newRun();
    await execa('ip', ['link', 'add', 'name', bridgeName(runId), 'type', 'bridge']);
    try {
      await expect(createRunBridge({ runId, signal })).rejects.toMatchObject({ code: 'STRATA-E344' });
      expect(await ip('link', 'show', bridgeName(runId))).toContain(bridgeName(runId));
    } finally {
      await execa('ip', ['link', 'del', bridgeName(runId)]);
    }
  });
});

describe.skipIf(process.getuid?.() !== 0)('leftovers in the network', { timeout: 60_000 }, () => {
  it('are found by run id and removed, and live runs keep theirs', async () => {
    const [dead, live] = [newRun(), newRun()];
    await (await createRunBridge({ runId: dead, signal })).taps(2, signal);
    await using bridge = await createRunBridge({ runId: live, signal });
    const before = await namesOf(dead);
    expect(before).toEqual(
      expect.arrayContaining([bridgeName(dead), `${bridgeName(dead)}-0`, `${bridgeName(dead)}-1`]),
    );
    const removed = await reapLinks((runId) => runId !== dead, signal);
    expect(removed.map(({ name }) => name).sort()).toEqual(before);
    expect(await listLinks(dead)).toEqual([]);
    expect(await namesOf(live)).toContain(bridge.name);
  });
});

describe.skipIf(process.getuid?.() !== 0)('containers inside a machine', { timeout: 60_000 }, () => {
  it('are reached through the machine, each machine on a subnet of its own, until the route is disposed', async () => {
    const runId = newRun();
    await using bridge = await createRunBridge({ runId, signal });
    const via = addressIn(bridge.subnet, 2);
    await using machine = await startGuest(bridge.name, via);
    const request = { runId, bridge: bridge.name, via, signal };
    const [route, other] = await Promise.all([routeContainers(request), routeContainers(request)]);
    expect(formatSubnet(other.subnet)).not.toBe(formatSubnet(route.subnet));
    const container = addressIn(route.subnet, 5);
    await machine.run('ip', 'addr', 'add', `${container}/32`, 'dev', 'lo');
    expect(await reachable(container)).toBe(true);
    await route[Symbol.asyncDispose]();
    await route[Symbol.asyncDispose]();
    expect((await routedSubnets()).map(formatSubnet)).not.toContain(formatSubnet(route.subnet));
    await bridge[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });
});

/** Run ids whose search for a subnet begins at the same place. */
function runsThatChooseAlike(count: number): string[] {
  const byChoice = new Map<number, string[]>();
  for (;;) {
    const runId = `net-test-${randomUUID()}`;
    const alike = byChoice.get(chooseSubnet(runId, [])?.base ?? 0) ?? [];
    alike.push(runId);
    if (alike.length === count) return alike;
    byChoice.set(chooseSubnet(runId, [])?.base ?? 0, alike);
  }
}

function reachable(address: string): Promise<boolean> {
  const socket = connect({ host: address, port });
  return new Promise<boolean>((resolve) => {
    socket.setTimeout(1_000, () => resolve(false));
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
