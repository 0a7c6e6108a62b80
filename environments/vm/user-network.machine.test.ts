/**
 * Machines on the network that an ordinary user gets, whoever runs the test. As such a user the contract of
 * vm-environment.integration.test.ts has this network throughout.
 */
import { describe, expect } from 'vitest';
import { contractBench, disk, machineLimits } from '../contract/bench.ts';
import { networkCases } from '../contract/network.cases.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { openUserMachineNetwork } from '../machine/machine-network.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { listLinks } from '../network/leftovers.ts';
import { createVmEnvironment } from './vm-environment.ts';

export const createUserVmEnvironment = () => createVmEnvironment(openUserMachineNetwork);

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `machines on the network of an ordinary user${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const bench = contractBench(createUserVmEnvironment, {
      factory: { module: new URL(import.meta.url), exportName: 'createUserVmEnvironment' },
      failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
      remnants: allMachineRemnants,
      ...machineLimits,
    });
    networkCases(bench, bench.sharedNodes([disk('a'), disk('b')]));

    bench.test('have ports of this host and no links; with the run both are gone', async () => {
      const run = await bench.open();
      try {
        await using started = await run.start([disk('a')]);
        expect(String(run.open.facts['network'])).toMatch(/^user network/);
        expect(started.nodes.map(({ address }) => address.split('.')[0])).toEqual(['127']);
        expect(await listLinks(run.runId)).toEqual([]);
        expect((await allMachineRemnants(run.runId)).join('\n')).toMatch(/port-lease \d/);
      } finally {
        await run[Symbol.asyncDispose]();
      }
      expect(await allMachineRemnants(run.runId)).toEqual([]);
    });
  },
);
