import { createServer, type Server, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openGuestPort, type GuestPort } from './guest-port.ts';

describe('the serial port of a guest', () => {
  let directory: string;
  let server: Server;
  let port: GuestPort;
  let guest: Socket;
  const heardByGuest: string[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'guest-port-'));
    const socketPath = path.join(directory, 'agent');
    const { signal } = new AbortController();
    const opening = openGuestPort({ path: socketPath, machine: 'vm-1', signal, timeoutMs: 5_000 });
    // QEMU opens its sockets some time after it was started.
    await new Promise((wake) => setTimeout(wake, 30));
    const accepted = new Promise<Socket>((resolve) => {
      server = createServer((socket) => resolve(socket)).listen(socketPath);
    });
    [port, guest] = await Promise.all([opening, accepted]);
    heardByGuest.length = 0;
    guest.on('data', (data: Buffer) => heardByGuest.push(data.toString()));
    // Its end may be cut while something is under way; what the host's end makes of that is the subject here.
    guest.on('error', () => undefined);
  });

  afterEach(async () => {
    port[Symbol.dispose]();
    guest.destroy();
    await new Promise((closed) => server.close(closed));
    await rm(directory, { recursive: true });
  });

  it('hears events whole, however they are cut on the way, and remembers them', async () => {
    guest.write('event ker');
    guest.write('nel 1500\nevent disk 17');
    guest.write('00\n');
    expect((await port.heard('disk')).guestNs).toBe(1700);
    expect((await port.heard('kernel')).guestNs).toBe(1500);
    expect(port.events.map(({ name }) => name)).toEqual(['kernel', 'disk']);
  });

  it('asks with the lines and an empty one, and hands on the clocks of the guest', async () => {
    const asked = port.request(['clock 5', 'hostname a']);
    await expect.poll(() => heardByGuest.join('')).toBe('clock 5\nhostname a\n\n');
    guest.write('ok 77 1795000000123456789\n');
    expect(await asked).toEqual({ bootNs: 77, realtimeNs: 1_795_000_000_123_456_789n });
  });

  it('a request the guest cannot fulfil fails with the words of the guest', async () => {
    const asked = port.request(['interface eth9 x']);
    guest.write('error interface: No such device\n');
    await expect(asked).rejects.toMatchObject({
      code: 'STRATA-E421',
      message: expect.stringContaining('interface: No such device') as string,
    });
  });

  it('services that do not start fail whoever waits for them', async () => {
    const ready = port.heard('ready');
    guest.write('error role: its services did not start (status 1)\n');
    await expect(ready).rejects.toThrow(/did not start \(status 1\)/);
    await expect(port.heard('ready')).rejects.toThrow(/did not start/);
  });

  it('a machine that goes away fails requests and waits', async () => {
    const both = [port.heard('ready'), port.request(['ping'])];
    guest.destroy();
    for (const outcome of await Promise.allSettled(both)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'STRATA-E421' } });
    }
  });
});
