/** Prepared machines in a cache that is broken, shared and cut off, with real machines. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetDeadRun } from '../live-runs.ts';
import { whyMachinesAreUnavailable } from './availability.ts';
import { openMachineBench, type MachineBench } from './machine.fixture.ts';
import { guestDirectories } from './identity.ts';
import type { MachineHost } from './machine-host.ts';
import { reapMachines } from './machine-run.ts';
import { allMachineRemnants } from './remnants.ts';
import type { Template } from './template.ts';
import { reapLinks } from '../network/leftovers.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

const making = /^preparing a plain machine: booting it once/;

describe.skipIf(unavailable !== null)(
  `a prepared machine${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    let bench: MachineBench;
    let cacheDir: string;
    let first: Template;
    const said: string[] = [];

    beforeAll(async () => {
      cacheDir = await mkdtemp(path.join(tmpdir(), 'strata cache '));
      bench = await openMachineBench({ cacheDir });
      first = await bench.template({ say: (message) => said.push(message) });
    });
    afterAll(async () => {
      await bench[Symbol.asyncDispose]();
      await rm(cacheDir, { recursive: true });
      expect(await allMachineRemnants(bench.runId)).toEqual([]);
    });

    /** What is said when the template is asked for, up to the moment it would be made. */
    const whatIsSaid = async (dir: string, host: MachineHost = bench.host) => {
      const calledOff = new AbortController();
      const words: string[] = [];
      const say = (message: string) => {
        words.push(message);
        if (making.test(message)) calledOff.abort(new Error('called off'));
      };
      const template = await bench
        .template({ cacheDir: dir, host, say, signal: calledOff.signal })
        .catch((error: unknown) => {
          if (!calledOff.signal.aborted) throw error;
          return null;
        });
      return { words, isTaken: template !== null };
    };
    const copied = async () => {
      const copy = await mkdtemp(path.join(tmpdir(), 'strata cache '));
      await cp(cacheDir, copy, { recursive: true });
      return { path: copy, [Symbol.asyncDispose]: () => rm(copy, { recursive: true }) };
    };
    const inCopy = (copy: string, file: string) => path.join(copy, path.relative(cacheDir, file));

    it('is made once, by booting it, and taken from then on', async () => {
      expect(said).toEqual([expect.stringMatching(making)]);
      expect(first.isNew).toBe(true);
      expect(first.record.timeline.map(({ name }) => name)).toEqual(['kernel', 'disk', 'listening', 'ready']);
      expect(await readdir(cacheDir)).toEqual([`template-${first.key}`]);
      expect(await whatIsSaid(cacheDir)).toEqual({ words: [], isTaken: true });
      expect(await bench.template()).toMatchObject({ key: first.key, isNew: false, record: first.record });
    });

    it('is not changed by what its clones do', async () => {
      {
        await using clone = await bench.wake(first);
        await clone.machine.guest.request([
          'hostname somebody',
          `directory ${guestDirectories.workDir}/mark`,
        ]);
      }
      expect(await whatIsSaid(cacheDir)).toEqual({ words: [], isTaken: true });
    });

    it.each(['ram', 'state', 'disk'] as const)(
      'with one bit of its %s flipped is seen to be damaged',
      async (part) => {
        await using copy = await copied();
        const { ram, state, disks } = first.files;
        await flipBit(inCopy(copy.path, { ram, state, disk: disks[0] ?? '' }[part]));
        const { words, isTaken } = await whatIsSaid(copy.path);
        expect(words).toEqual([
          expect.stringMatching(
            /is damaged \(\S+ does not have the checksum it was written with\): making it again$/,
          ),
          expect.stringMatching(making),
        ]);
        expect(isTaken).toBe(false);
      },
    );

    it('that was damaged is made again, and its clones wake', async () => {
      await using copy = await copied();
      await flipBit(inCopy(copy.path, first.files.ram));
      const again = await bench.template({ cacheDir: copy.path });
      expect(again).toMatchObject({ key: first.key, isNew: true });
      expect(await whatIsSaid(copy.path)).toEqual({ words: [], isTaken: true });
      await using clone = await bench.wake(again);
      expect((await clone.machine.guest.request([])).bootNs).toBeGreaterThan(0);
    });

    it('of another image, another QEMU or another accelerator is not taken', async () => {
      const { image, qemu, accelerator } = bench.host;
      const others: Partial<MachineHost>[] = [
        { image: { ...image, key: 'another' } },
        { image: { ...image, diskUuid: 'another build of the same' } },
        { qemu: { ...qemu, system: { ...qemu.system, version: '99.0' } } },
        { accelerator: { ...accelerator, cpuModel: 'another' } },
      ];
      for (const other of others) {
        expect(await whatIsSaid(cacheDir, { ...bench.host, ...other })).toEqual({
          words: [expect.stringMatching(making)],
          isTaken: false,
        });
      }
      expect(await readdir(cacheDir)).toEqual([`template-${first.key}`]);
    });

    it('is made by one of two harnesses, after one that was killed over it, and serves both', async () => {
      await using copy = await copied();
      await rm(path.join(copy.path, `template-${first.key}`), { recursive: true });
      await using dead = harness(copy.path);
      await dead.said(making);
      await machinesOf(dead.runId);
      await dead.kill();
      expect((await readdir(copy.path)).sort()).toEqual([
        `template-${first.key}.${dead.pid}.partial`,
        `template-${first.key}.lock`,
      ]);

      await using one = harness(copy.path);
      await using other = harness(copy.path);
      const harnesses = [one, other];
      const ends = await Promise.all(harnesses.map(({ ended }) => ended));
      expect(ends.map(({ key, answers }) => [key, answers])).toEqual([
        [first.key, true],
        [first.key, true],
      ]);
      expect(ends.map(({ isNew }) => isNew).sort()).toEqual([false, true]);
      const waited = harnesses
        .flatMap(({ lines }) => lines)
        .filter((line) => /waiting for process/.test(line));
      expect(waited).toEqual([
        expect.stringMatching(/waiting for process \d+, which has been preparing a plain machine/),
      ]);
      expect(await readdir(copy.path)).toEqual([`template-${first.key}`]);

      // What the killed one left outside the cache is found by its run id.
      const removed = await reapMachines((runId) => runId !== dead.runId, new AbortController().signal);
      expect(removed.map(({ kind }) => kind)).toEqual(['vm', 'directory']);
      for (const { runId } of harnesses) expect(await allMachineRemnants(runId)).toEqual([]);
    });
  },
);

async function flipBit(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const at = Math.floor((await stat(file)).size / 2);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
    await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, at);
  } finally {
    await handle.close();
  }
}

interface Told {
  readonly said?: string;
  readonly key?: string;
  readonly isNew?: boolean;
  readonly answers?: boolean;
}

/** A harness in a process of its own. */
function harness(cacheDir: string) {
  const program = fileURLToPath(new URL('./template-process.fixture.ts', import.meta.url));
  const runId = `machine-${randomBytes(4).toString('hex')}`;
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program, cacheDir, runId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told: Told[] = [];
  const lines: string[] = [];
  const closed = once(child, 'close');
  if (child.stdout === null) throw new Error('the harness has no stdout');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    told.push(JSON.parse(line) as Told);
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  return {
    ...{ runId, lines, pid: child.pid },
    said: (words: RegExp) =>
      expect.poll(() => told.some(({ said }) => words.test(said ?? '')), { timeout: 180_000 }).toBe(true),
    kill,
    ended: closed.then(() => told.at(-1) ?? {}),
    [Symbol.asyncDispose]: async () => {
      await kill();
      const isOther = (other: string) => other !== runId;
      await reapMachines(isOther, new AbortController().signal);
      await reapLinks(isOther, new AbortController().signal);
      await forgetDeadRun(runId);
    },
  };
}

/** Until a machine of the run is there. */
function machinesOf(runId: string): Promise<void> {
  const machines = async () => (await allMachineRemnants(runId)).filter((name) => name.startsWith('vm '));
  return expect.poll(machines, { timeout: 180_000 }).toHaveLength(1);
}
