/** Clones of one template are different machines. */
import { describe, expect } from 'vitest';
import { contractBench, disk, run, machineLimits } from '../contract/bench.ts';
import type { Node } from '../environment.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { createVmEnvironment } from './vm-environment.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

/** Prints what makes a machine itself, a line each. */
const whoAmI = `hostname
echo $(ip -4 -o addr show scope global | tr -s ' ' | cut -d ' ' -f 4)
echo $(cat /sys/class/net/eth*/address)
ssh-keygen -l -f /run/strata/host_key | cut -d ' ' -f 2
head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n'; echo
cat /proc/sys/kernel/random/uuid /proc/sys/kernel/random/boot_id
date +%s%N`;

interface Identity {
  readonly hostname: string;
  readonly address: string;
  readonly mac: string;
  readonly hostKey: string;
  readonly random: string;
  readonly uuid: string;
  readonly bootId: string;
  /** Of the machine's clock to the host's, in milliseconds: not less than the first, not more than the second. */
  readonly offsetMs: readonly [number, number];
}

async function identityOf(node: Node): Promise<Identity> {
  const beforeMs = Date.now();
  const { stdout, stderr } = await run(node, 'sh', '-c', whoAmI);
  const afterMs = Date.now();
  expect(stderr).toBe('');
  const [hostname = '', address = '', mac = '', hostKey = '', random = '', uuid = '', bootId = '', clock] =
    stdout.split('\n');
  const clockMs = Number(clock) / 1e6;
  const offsetMs = [clockMs - afterMs, clockMs - beforeMs] as const;
  return { hostname, address, mac, hostKey, random, uuid, bootId, offsetMs };
}

describe.skipIf(unavailable !== null)(
  `three clones of one template${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const bench = contractBench(createVmEnvironment, {
      factory: { module: new URL('./vm-environment.ts', import.meta.url), exportName: 'createVmEnvironment' },
      failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
      remnants: allMachineRemnants,
      ...machineLimits,
    });
    const names = ['one', 'two', 'three'];
    const named = bench.sharedNodes(names.map(disk));
    const nodes = () => names.map(named);

    bench.test(
      'have names, addresses, keys and random numbers of their own, and the right time',
      async () => {
        const all: Identity[] = [];
        for (const node of nodes()) all.push(await identityOf(node));
        expect(all.map(({ hostname }) => hostname)).toEqual(names);
        expect(new Set(nodes().map(({ address }) => address)).size).toBe(names.length);
        const different = ['hostname', 'address', 'mac', 'hostKey', 'random', 'uuid', 'bootId'] as const;
        for (const what of different) {
          const values = all.map((identity) => identity[what]);
          expect(new Set(values).size, `${what}: ${values.join(', ')}`).toBe(names.length);
          for (const value of values) expect(value).not.toBe('');
        }
        for (const { offsetMs } of all) {
          expect(offsetMs[0]).toBeLessThan(1_000);
          expect(offsetMs[1]).toBeGreaterThan(-1_000);
        }
      },
    );

    bench.test('begin with empty directories', async () => {
      for (const node of nodes()) {
        const listed = await run(node, 'find', node.workDir, node.dataDir, '-mindepth', '1');
        expect(listed).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      }
    });
  },
);
