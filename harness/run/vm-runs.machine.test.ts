/** Whole runs with virtual machines, started as a user would. */
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whyMachinesAreUnavailable } from '../../environments/machine/availability.ts';
import { preflightRoutedMachines } from '../../environments/machine/preflight.ts';
import { untilQemus } from '../../environments/machine/qemu-process.fixture.ts';
import { allMachineRemnants } from '../../environments/machine/remnants.ts';
import type { Manifest } from '../../results/store/records.ts';
import { resultsDir, startStrata, storedTrials, strata, temporaryDir } from './cli.fixture.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;
const withoutRoutes = await whyMachinesAreUnavailable(preflightRoutedMachines);

const small = ['--workload', 'onset', '--replicas', '1', '--clients', '1', '--requests', '10'];

interface Output {
  readonly status: string;
  readonly exitCode: number;
  readonly cells: readonly { readonly correct: boolean | null; readonly trials: Record<string, number> }[];
}

describe.skipIf(unavailable !== null)(
  `a run with machines${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    it.each(['vm', 'docker-vm'] as const)(
      'in %s ends correct, tells how the machines came up and what executed them, and leaves nothing',
      async (env) => {
        if (env === 'docker-vm' && withoutRoutes !== null) return;
        await using results = await resultsDir();
        await using temporary = await temporaryDir();
        const run = await strata(
          ['bench', '--env', env, ...small, '--trials', '1', '--out', results.path],
          temporary.env,
        );
        expect(run.exitCode, run.stderr).toBe(0);
        const [runId = ''] = await results.runIds();
        const trials = await storedTrials(results.path, runId);
        expect(trials).toMatchObject([
          { status: 'completed', attempt: 1, metrics: { acknowledged: 10 }, verification: { correct: true } },
        ]);
        // A machine's clock began with its template: what replicas notice has to be brought to that of the samples.
        const election = trials[0]?.annotations.find(({ kind }) => kind === 'election');
        expect(Math.abs(election?.atNs ?? Infinity)).toBeLessThan(300e9);
        const boots = trials.flatMap((trial) => trial.boots);
        expect(boots.map(({ node }) => node)).toEqual(
          env === 'vm' ? ['store', 'replica-1'] : ['docker-host'],
        );
        for (const { timeline } of boots) {
          expect(timeline.map(({ name }) => name)).toEqual(['cloned', 'identity', 'connected']);
        }
        const facts = (await manifestOf(results.path, runId)).environments[env] ?? {};
        expect(String(facts['accelerator'])).toMatch(/^(tcg|kvm)$/);
        expect(facts).toMatchObject({
          cpuModel: expect.any(String) as string,
          qemuVersion: expect.any(String) as string,
        });
        expect(run.stdout).toMatch(
          new RegExp(`Accelerator\\n {2}${env}: .*${String(facts['accelerator'])}`, 'i'),
        );
        expect(run.stdout).toContain('Machines came up');
        expect(await temporary.left()).toEqual([]);
        expect(await allMachineRemnants(runId)).toEqual([]);
      },
    );

    it('whose machines are killed tells it, tries again, goes on with the next trial and ends with 4', async () => {
      await using results = await resultsDir();
      await using temporary = await temporaryDir();
      const running = startStrata(
        [
          'bench',
          '--env',
          'vm',
          ...small,
          '--trials',
          '2',
          '--retries',
          '1',
          '--out',
          results.path,
          '--json',
        ],
        temporary.env,
      );
      // The first attempt loses its replica under load, the second its store before there is any.
      const victims = [
        { phase: /trial 1 of 2.*: measuring/, node: 'replica-1' },
        { phase: /trial 1 of 2.*: preparing the workload/, node: 'store' },
      ];
      for await (const line of running.iterable({ from: 'stderr' })) {
        const [victim] = victims;
        if (victim?.phase.test(line) !== true) continue;
        victims.shift();
        const [runId = ''] = await results.runIds();
        const [pid = 0] = await untilQemus(`strata-${runId}-t0001-${victim.node}`, 1);
        process.kill(pid, 'SIGKILL');
      }
      const run = await running;
      expect(run.exitCode, run.stderr).toBe(4);
      const [runId = ''] = await results.runIds();
      const lost = (node: string, phase: string) => ({
        code: 'STRATA-E422',
        message: `QEMU of strata-${runId}-t0001-${node} ended unexpectedly with exit code 137`,
        phase,
        log: expect.stringContaining(node) as string,
      });
      expect(await storedTrials(results.path, runId)).toMatchObject([
        { trialId: 't0001', attempt: 1, status: 'failed', cause: lost('replica-1', 'drive') },
        { trialId: 't0001', attempt: 2, status: 'failed', cause: lost('store', 'prepare') },
        { trialId: 't0002', attempt: 1, status: 'completed', verification: { correct: true } },
      ]);
      const output = JSON.parse(run.stdout) as Output;
      expect(output).toMatchObject({ status: 'partial', exitCode: 4 });
      expect(output.cells[0]?.trials).toMatchObject({ planned: 2, completed: 1, failed: 1 });
      expect(await temporary.left()).toEqual([]);
      expect(await allMachineRemnants(runId)).toEqual([]);
    });
  },
);

describe('a machine without QEMU', () => {
  it.each(['vm', 'docker-vm'])('is told what to install for %s, before there is a run', async (env) => {
    await using results = await resultsDir();
    const bin = await mkdtemp(join(tmpdir(), 'strata bin-'));
    try {
      await symlink(process.execPath, join(bin, 'node'));
      const run = await strata(['bench', '--env', env, ...small, '--out', results.path], { PATH: bin });
      expect(run.exitCode, run.stderr).toBe(3);
      if (env === 'vm' || process.getuid?.() === 0) {
        expect(run.stderr).toMatch(
          /STRATA-E320[^]*qemu-system-x86_64 is not installed|qemu-system-x86_64 is not installed[^]*STRATA-E320/,
        );
        expect(run.stderr).toMatch(/apt-get install .*qemu-system-x86/);
      } else expect(run.stderr).toContain('STRATA-E321');
      expect(await results.runIds()).toEqual([]);
    } finally {
      await rm(bin, { recursive: true });
    }
  });
});

async function manifestOf(baseDir: string, runId: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(baseDir, runId, 'manifest.json'), 'utf8')) as Manifest;
}
