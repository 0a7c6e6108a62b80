/** Boots that hang, panic or are cut off, with real machines. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { whyMachinesAreUnavailable } from './availability.ts';
import { bootMachine, type Boot, type BootRequest } from './boot.ts';
import { machineBootTimeoutMs, openMachineBench, type MachineBench } from './machine.fixture.ts';
import { allMachineRemnants } from './remnants.ts';
import { spinningKernel } from './tiny-kernels.ts';
import type { Machine } from './machine.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `booting from nothing${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    let bench: MachineBench;
    let said: string[];

    beforeAll(async () => {
      bench = await openMachineBench();
    });
    afterAll(async () => {
      await bench[Symbol.asyncDispose]();
      expect(await allMachineRemnants(bench.runId)).toEqual([]);
    });

    /** With the machines of the first, second … attempt. */
    const boot = (attempts: readonly (() => Promise<Machine>)[], limits: Partial<BootRequest> = {}) => {
      said = [];
      const left = [...attempts];
      return bootMachine({
        ...{ machine: 'a', timeoutMs: machineBootTimeoutMs, signal: new AbortController().signal },
        onRetry: (words) => said.push(words),
        start: () => {
          const start = left.shift();
          if (start === undefined) throw new Error('a further attempt was made');
          return start();
        },
        ...limits,
      });
    };
    const failing = async (booting: Promise<Boot>): Promise<StrataError> => {
      const error = await booting.then(
        ({ machine }) => machine[Symbol.asyncDispose](),
        (failure: unknown) => failure,
      );
      if (!(error instanceof StrataError)) throw new Error('it should have failed', { cause: error });
      return error;
    };
    const good = () => bench.boot();
    const hanging = async () => {
      const kernel = path.join(bench.logDir, 'spinning');
      await writeFile(kernel, spinningKernel());
      return bench.boot({ kernel });
    };
    const withoutRoot = async () => {
      const empty = path.join(bench.logDir, 'empty.img');
      await execa('qemu-img', ['create', '-q', '-f', 'raw', empty, '64M']);
      return bench.boot({ disks: [{ path: empty, format: 'raw', id: 'disk0' }] });
    };
    const withoutInit = async () => {
      const initrd = path.join(bench.logDir, 'no-init');
      await writeFile(initrd, 'no init in here');
      return bench.boot({ initrd });
    };
    const killed = async () => {
      const machine = await bench.boot();
      process.kill(machine.pid, 'SIGKILL');
      return machine;
    };

    it('gives a hanging guest its time, twice, and then says where to look', async () => {
      const error = await failing(boot([hanging, hanging], { timeoutMs: 700 }));
      expect(error).toMatchObject({
        code: 'STRATA-E423',
        message: 'a did not boot in 2 attempts; the end of its console: nothing was said',
        log: expect.stringMatching(/boot-\d+\.log$/) as string,
      });
      expect(causeChain(error)[1]).toMatch(/^waited 0\.\d s \(limit 0\.7 s\) for strata-\S+ to boot$/);
      expect(said).toEqual([expect.stringMatching(/^a did not boot \(waited .*\); trying once more$/)]);
    });

    it('sees at once that a guest has died, and quotes it', async () => {
      const startedMs = performance.now();
      const error = await failing(boot([withoutRoot, withoutInit]));
      expect(performance.now() - startedMs).toBeLessThan(machineBootTimeoutMs / 2);
      expect(error).toMatchObject({ code: 'STRATA-E423' });
      expect(error.message).toMatch(/in 2 attempts; the end of its console: [^]*Kernel panic/);
      expect(causeChain(error).join('\n')).toMatch(/Kernel panic - not syncing/);
      expect(said).toEqual([expect.stringMatching(/strata-init: cannot .*trying once more/)]);
    });

    it('keeps what went wrong at first when the second attempt boots', async () => {
      const { machine, failures, timeline } = await boot([killed, good]);
      await using _machine = machine;
      expect(failures).toEqual([expect.stringMatching(/ended unexpectedly with exit code 137/)]);
      expect(timeline.map(({ name }) => name)).toEqual(['kernel', 'disk', 'listening', 'ready']);
      const times = timeline.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(0);
      expect(machine.running()).toBe(true);
    });

    it('is given up with the reason of an abort, without a second attempt', async () => {
      const controller = new AbortController();
      const booting = boot([hanging], { signal: controller.signal }).catch((error: unknown) => error);
      setTimeout(() => controller.abort(new Error('called off')), 300);
      expect(causeChain(await booting)).toEqual(['called off']);
      expect(said).toEqual([]);
    });
  },
);
