/** The client against the real QEMU, as a machine with nothing in it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyQemuIsUnavailable } from '../qemu-availability.ts';
import { connectQmp, type Qmp } from './client.ts';
import { refusalOf } from './errors.ts';
import type { CommandName } from './messages.ts';

const unavailable = await whyQemuIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `the monitor of QEMU${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const { signal } = new AbortController();
    let dir: string;
    let qemu: ChildProcess;
    let exited: Promise<unknown>;
    let qmp: Qmp;

    const start = (...extra: string[]) => {
      const socket = path.join(dir, 'qmp');
      const nothing = ['-machine', 'none', '-nodefaults', '-no-user-config', '-display', 'none'];
      qemu = spawn(
        'qemu-system-x86_64',
        [...nothing, '-qmp', `unix:${socket},server=on,wait=off`, ...extra],
        {
          stdio: 'ignore',
        },
      );
      exited = once(qemu, 'exit');
      return connectQmp({ path: socket, processExited: exited, signal, timeoutMs: 30_000 });
    };

    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'strata-qmp-'));
    });
    afterEach(async () => {
      qemu.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true });
    });

    it('answers a hundred commands that were sent at once, each its own', async () => {
      qmp = await start();
      const heard = Array.from({ length: 100 }, async (_, index) =>
        index % 2 === 0
          ? (await qmp.execute('query-status')).status
          : qmp.execute('human-monitor-command', { 'command-line': `print /d ${index}` }),
      );
      const expected = Array.from({ length: 100 }, (_, index) =>
        index % 2 === 0 ? 'running' : `${index}\r\n`,
      );
      expect(await Promise.all(heard)).toEqual(expected);
    });

    it('refuses what it does not know, and goes on', async () => {
      qmp = await start();
      const error: unknown = await qmp
        .execute('make-coffee' as CommandName & 'stop')
        .catch((e: unknown) => e);
      expect(refusalOf(error)).toMatchObject({ command: 'make-coffee', errorClass: 'CommandNotFound' });
      expect(await qmp.execute('query-status')).toMatchObject({ running: true });
    });

    it('tells that the machine stopped and went on', async () => {
      qmp = await start();
      const heard: string[] = [];
      qmp.on('STOP', () => heard.push('STOP'));
      qmp.on('RESUME', () => heard.push('RESUME'));
      const resumed = qmp.nextEvent('RESUME');
      await qmp.execute('stop');
      expect(await qmp.execute('query-status')).toMatchObject({ running: false, status: 'paused' });
      await qmp.execute('cont');
      await resumed;
      expect(heard).toEqual(['STOP', 'RESUME']);
    });

    it('that is killed fails what is under way, and no wait outlives it', async () => {
      qmp = await start();
      qemu.kill('SIGSTOP');
      const failures = Array.from({ length: 10 }, () => qmp.execute('query-status').catch((e: unknown) => e));
      const never = qmp.nextEvent('STOP').catch((e: unknown) => e);
      qemu.kill('SIGKILL');
      for (const failure of await Promise.all([...failures, never])) {
        expect(failure).toMatchObject({ code: 'STRATA-E428' });
      }
      await qmp.closed;
    });

    it('that ends by itself when it is told to quit closes the line', async () => {
      qmp = await start();
      await qmp.execute('quit');
      await qmp.closed;
      expect(await exited).toEqual([0, null]);
    });

    it('that refuses its own arguments is given up at once', async () => {
      await expect(start('-device', 'no-such-device')).rejects.toMatchObject({
        code: 'STRATA-E425',
        message: expect.stringContaining('QEMU ended') as string,
      });
    });
  },
);
