/** A full disk of the host under the overlay of a running guest, with the real QEMU. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { translator } from './accelerator.ts';
import { qemuArguments } from './arguments.ts';
import type { MachineSpec } from './machine-spec.ts';
import { whyQemuIsUnavailable } from './qemu-availability.ts';
import { connectQmp } from './qmp/client.ts';
import { writingKernel } from './tiny-kernels.ts';

const unavailable = await whyQemuIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

/** In mounts of its own, which end with it: a file system with room for an empty overlay and little more. */
const onSmallDisk = `mount -t tmpfs -o size=512k small "$1" && qemu-img create -q -f qcow2 "$1/root" 64M && shift && exec "$@"`;

describe.skipIf(unavailable !== null)(
  `a full disk${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const { signal } = new AbortController();
    let dir: string;
    let qemu: ChildProcess;

    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'strata-full-'));
    });
    afterEach(async () => {
      if (qemu.exitCode === null && qemu.signalCode === null) {
        qemu.kill('SIGKILL');
        await once(qemu, 'exit');
      }
      await rm(dir, { recursive: true });
    });

    it('stops the guest before it hears of it, and is told as what it is', async () => {
      const inside = (name: string) => path.join(dir, name);
      const small = inside('small');
      const spec: MachineSpec = {
        ...{ name: 'strata-full', memoryBytes: 64 * 1024 * 1024, vcpus: 1, accelerator: translator },
        ram: { path: inside('ram'), shared: false },
        ...{ kernel: inside('kernel'), initrd: inside('initrd'), kernelParameters: '' },
        disks: [{ path: path.join(small, 'root'), format: 'qcow2', id: 'root' }],
        nics: [],
        sockets: { qmp: inside('qmp'), agent: inside('agent') },
        ...{ serialLog: inside('serial.log'), incoming: false },
      };
      await Promise.all([
        mkdir(small),
        writeFile(spec.kernel, writingKernel()),
        writeFile(spec.initrd, 'nothing'),
      ]);
      const command = ['qemu-system-x86_64', ...qemuArguments(spec), '-S'];
      const shell = ['--mount', '--map-root-user', 'sh', '-c', onSmallDisk, 'sh', small, ...command];
      qemu = spawn('unshare', shell, { stdio: 'ignore' });
      const processExited = once(qemu, 'exit');
      using qmp = await connectQmp({ path: spec.sockets.qmp, processExited, signal, timeoutMs: 30_000 });
      const failed = qmp.nextEvent('BLOCK_IO_ERROR');
      const stopped = qmp.nextEvent('STOP');
      await qmp.execute('cont');
      expect(await failed).toMatchObject({
        device: 'root',
        operation: 'write',
        action: 'stop',
        nospace: true,
      });
      await stopped;
      expect(await qmp.execute('query-status')).toMatchObject({ running: false, status: 'io-error' });
      expect(await qmp.execute('query-block')).toMatchObject([{ device: 'root', 'io-status': 'nospace' }]);
    });
  },
);
