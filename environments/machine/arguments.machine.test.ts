/** The arguments as the real QEMU understands them. The guest is a kernel that spins, so no image is needed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { translator } from './accelerator.ts';
import { qemuArguments } from './arguments.ts';
import type { MachineSpec, SocketEndpoint } from './machine-spec.ts';
import { whyQemuIsUnavailable } from './qemu-availability.ts';
import { connectQmp, type Qmp } from './qmp/client.ts';
import { spinningKernel } from './tiny-kernels.ts';

const unavailable = await whyQemuIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `a machine with odd paths${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const { signal } = new AbortController();
    let dir: string;
    let spec: MachineSpec;
    let child: ChildProcess | undefined;

    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'a,b c=ü:'));
      spec = {
        ...{ name: 'strata-a,b', memoryBytes: 64 * 1024 * 1024, vcpus: 1, accelerator: translator },
        ram: { path: path.join(dir, 'ram'), shared: true },
        ...{ kernel: path.join(dir, 'kernel'), initrd: path.join(dir, 'initrd'), kernelParameters: 'a=b,c' },
        disks: [
          { path: path.join(dir, 'root,1.qcow2'), format: 'qcow2', id: 'root' },
          { path: path.join(dir, 'data.img'), format: 'raw', id: 'data' },
        ],
        nics: [
          { mac: '02:00:00:00:00:01', backend: { kind: 'user', forwards: [] } },
          { mac: '02:00:00:00:00:02', backend: { kind: 'socket', endpoint: { ...stream(), listen: true } } },
          { mac: '02:00:00:00:00:03', backend: { kind: 'socket', endpoint: multicast } },
        ],
        sockets: { qmp: path.join(dir, 'qmp'), agent: path.join(dir, 'agent') },
        ...{ serialLog: path.join(dir, 'serial.log'), incoming: false },
      };
      await writeFile(spec.kernel, spinningKernel());
      await writeFile(spec.initrd, 'nothing');
      for (const { path: file, format } of spec.disks) {
        await execa('qemu-img', ['create', '-q', '-f', format, file, '1M']);
      }
    });
    afterEach(async () => {
      if (child?.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await rm(dir, { recursive: true });
    });

    const stream = () => ({ kind: 'stream', path: path.join(dir, 'h,ub') }) as const;
    const multicast: SocketEndpoint = {
      ...{ kind: 'multicast' as const, group: '230.0.0.1', port: 45_454, localAddress: '127.0.0.1' },
    };

    function start(asked: MachineSpec): Promise<Qmp> {
      const qemu = spawn('qemu-system-x86_64', qemuArguments(asked), { stdio: ['ignore', 'ignore', 'pipe'] });
      child = qemu;
      let said = '';
      qemu.stderr.on('data', (chunk) => (said += String(chunk)));
      const processExited = once(qemu, 'exit').then(() => new Error(said));
      return connectQmp({ path: asked.sockets.qmp, processExited, signal, timeoutMs: 30_000 });
    }

    it('runs on the files, disks and sockets that were named', async () => {
      using qmp = await start(spec);
      expect(await qmp.execute('query-status')).toMatchObject({ status: 'running' });
      const blocks = await qmp.execute('query-block');
      expect(blocks.map(({ device, inserted }) => [device, inserted?.file, inserted?.drv])).toEqual(
        spec.disks.map(({ id, path: file, format }) => [id, file, format]),
      );
      expect(await qmp.execute('human-monitor-command', { 'command-line': 'info name' })).toContain(
        'strata-a,b',
      );
      expect(await readFile(spec.ram.path)).toHaveLength(spec.memoryBytes);
      expect(await readFile(spec.serialLog, 'utf8')).toBe('');
      const agent = connect(spec.sockets.agent);
      await once(agent, 'connect');
      agent.destroy();
    });

    it('has its cards in order, and the first takes new ports from outside', async () => {
      using qmp = await start(spec);
      const network = await qmp.execute('human-monitor-command', { 'command-line': 'info network' });
      expect(network.match(/net\d(?=: )/g)).toEqual(['net0', 'net1', 'net2']);
      const forward = { 'command-line': 'hostfwd_add net0 tcp:127.0.0.1:0-:22' };
      expect(await qmp.execute('human-monitor-command', forward)).toBe('');
      await qmp.execute('set_link', { name: 'net1', up: false });
      await expect(qmp.execute('set_link', { name: 'net9', up: false })).rejects.toMatchObject({
        cause: { errorClass: 'DeviceNotFound' },
      });
    });

    it('wakes as a clone that has the disks of its template', async () => {
      const capabilities = [{ capability: 'x-ignore-shared', state: true }] as const;
      const state = path.join(dir, 'state');
      {
        using template = await start(spec);
        await template.execute('migrate-set-capabilities', { capabilities: [...capabilities, events] });
        await template.execute('stop');
        const written = template.nextEvent('MIGRATION', { accept: ({ status }) => status === 'completed' });
        await template.execute('migrate', { uri: `exec:cat > '${state}'` });
        await written;
        const [gone] = [once(child as ChildProcess, 'exit'), await template.execute('quit')];
        await gone;
      }
      using clone = await start({ ...spec, ram: { ...spec.ram, shared: false }, incoming: true });
      expect(await clone.execute('query-status')).toMatchObject({ status: 'inmigrate' });
      await clone.execute('migrate-set-capabilities', { capabilities: [...capabilities, events] });
      const loaded = clone.nextEvent('MIGRATION', { accept: ({ status }) => status === 'completed' });
      await clone.execute('migrate-incoming', { uri: `exec:cat '${state}'` });
      await loaded;
      const resumed = clone.nextEvent('RESUME');
      await clone.execute('cont');
      await resumed;
      expect(await clone.execute('query-status')).toMatchObject({ running: true });
    });

    const events = { capability: 'events', state: true } as const;
  },
);
