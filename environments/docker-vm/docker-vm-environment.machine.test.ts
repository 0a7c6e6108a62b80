import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { contractBench, disk, machineLimits, nodeNamed, patienceMs, run } from '../contract/bench.ts';
import { isBooted } from '../environment.ts';
import { describeEnvironmentContract, type ContractOptions } from '../environment.contract.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { preflightRoutedMachines } from '../machine/preflight.ts';
import { untilQemus } from '../machine/qemu-process.fixture.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { createDockerVmEnvironment } from './docker-vm-environment.ts';

const unavailable = await whyMachinesAreUnavailable(preflightRoutedMachines);
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

const options: ContractOptions = {
  factory: {
    module: new URL('./docker-vm-environment.ts', import.meta.url),
    exportName: 'createDockerVmEnvironment',
  },
  failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
  remnants: allMachineRemnants,
  ...machineLimits,
};

describe.skipIf(unavailable !== null)(
  `docker-vm environment${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    describeEnvironmentContract('docker-vm', createDockerVmEnvironment, options);

    const { test, open } = contractBench(createDockerVmEnvironment, options);

    test('a machine that dies while its containers start is started once more, and its nodes say why', async () => {
      const trial = await open();
      {
        const starting = trial.start([disk('a')]);
        const [pid = 0] = await untilQemus(`strata-${trial.runId}-t0001`, 1);
        await expect.poll(isConnectedBySsh, { timeout: patienceMs, interval: 20 }).toBe(true);
        process.kill(pid, 'SIGKILL');
        await using started = await starting;
        const a = nodeNamed(started.nodes, 'a');
        expect((await run(a, 'hostname')).exitCode).toBe(0);
        expect(isBooted(a) && a.bootFailures).toEqual([
          `QEMU of strata-${trial.runId}-t0001 ended unexpectedly with exit code 137`,
        ]);
      }
      await trial[Symbol.asyncDispose]();
      expect(await allMachineRemnants(trial.runId)).toEqual([]);
    });
  },
);

/** Whether a connection to an SSH server is established in this network namespace: then containers start next. */
async function isConnectedBySsh(): Promise<boolean> {
  const established = /^\s*\d+: [0-9A-F]+:[0-9A-F]+ [0-9A-F]+:0016 01 /m;
  return established.test(await readFile('/proc/self/net/tcp', 'utf8'));
}
