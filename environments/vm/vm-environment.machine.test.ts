import { describe } from 'vitest';
import { machineLimits } from '../contract/bench.ts';
import { describeEnvironmentContract } from '../environment.contract.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { createVmEnvironment } from './vm-environment.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `vm environment${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    describeEnvironmentContract('vm', createVmEnvironment, {
      factory: {
        module: new URL('./vm-environment.ts', import.meta.url),
        exportName: 'createVmEnvironment',
      },
      failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
      remnants: allMachineRemnants,
      ...machineLimits,
    });
  },
);
