import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellKey } from '../foundation/cell.ts';
import { expandPlan } from './expand.ts';
import { cellCount } from './experiment.ts';
import { fromFile, fromFlags } from './resolve.fixture.ts';

const odd = [1, 3, 5, 7, 9, 11, 13, 15];
const anyFlags = fc.record({
  env: fc.constantFrom('process,vm', 'docker,docker-vm', 'all'),
  boot: fc.constantFrom('warm', 'cold', 'warm,cold'),
  workload: fc.constantFrom('onset', 'onset,onset-batched'),
  replicas: fc.uniqueArray(fc.constantFrom(...odd), { minLength: 1, maxLength: 4 }),
  clients: fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 4 }),
  store: fc.constantFrom('ram', 'disk', 'ram,disk'),
  limits: fc.uniqueArray(fc.constantFrom('none', 'cpus=0.5', 'memory=256MiB', 'cpus=1,memory=256MiB'), {
    minLength: 1,
  }),
  trials: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(2 ** 31 - 1),
});

describe('a plan', () => {
  it('holds every cell exactly once in each block', () => {
    fc.assert(
      fc.property(anyFlags, (flags) => {
        const plan = expandPlan(fromFlags(flags));
        const keys = plan.cells.map(cellKey).sort();
        expect(keys).toHaveLength(cellCount(plan.experiment));
        expect(new Set(keys).size).toBe(keys.length);
        for (let block = 0; block < flags.trials; block += 1) {
          const inBlock = plan.trials.filter((trial) => trial.block === block);
          expect(inBlock.map((trial) => trial.cellKey).sort()).toEqual(keys);
        }
        expect(plan.trials).toHaveLength(keys.length * flags.trials);
      }),
      { numRuns: 60 },
    );
  });

  it('numbers its trials in executed order, block after block', () => {
    const { trials } = expandPlan(fromFlags({ profile: 'standard', seed: 3 }));
    expect(trials.map((trial) => trial.position)).toEqual(trials.map((_, index) => index));
    expect(trials.map((trial) => trial.block)).toEqual(
      trials.map((trial) => trial.block).sort((a, b) => a - b),
    );
    expect(trials[0]?.id).toBe('t0001');
    expect(new Set(trials.map((trial) => trial.id)).size).toBe(trials.length);
    expect(trials.every((trial) => trial.cellKey === cellKey(trial.cell))).toBe(true);
  });

  it('is the same for the same seed, however it was asked for', () => {
    fc.assert(
      fc.property(anyFlags, (flags) => {
        const fromYaml = expandPlan(fromFile(JSON.stringify(flags)));
        const { trials, cells, hash } = expandPlan(fromFlags(flags));
        expect({ trials, cells, hash }).toEqual({
          trials: fromYaml.trials,
          cells: fromYaml.cells,
          hash: fromYaml.hash,
        });
      }),
      { numRuns: 30 },
    );
  });

  it('has another order and other trial seeds for another seed', () => {
    const [a, b] = [1, 2].map((seed) => expandPlan(fromFlags({ profile: 'quick', seed })));
    expect(a?.trials.map((trial) => trial.cellKey)).not.toEqual(b?.trials.map((trial) => trial.cellKey));
    expect(a?.trials.map((trial) => trial.seed)).not.toEqual(b?.trials.map((trial) => trial.seed));
    expect(a?.hash).not.toBe(b?.hash);
  });

  it('does not run the blocks in one and the same order', () => {
    const { trials } = expandPlan(fromFlags({ profile: 'standard', seed: 3 }));
    const orders = new Set(
      Array.from({ length: 10 }, (_, block) =>
        trials
          .filter((trial) => trial.block === block)
          .map((trial) => trial.cellKey)
          .join('\n'),
      ),
    );
    expect(orders.size).toBe(10);
  });

  it('keeps its first blocks when trials are added', () => {
    const [short, long] = [2, 5].map(
      (trials) => expandPlan(fromFlags({ profile: 'quick', trials, seed: 9 })).trials,
    );
    expect(long?.slice(0, short?.length)).toEqual(short);
  });

  it('gives every trial a seed of its own, in 32 bits', () => {
    const { trials } = expandPlan(fromFlags({ profile: 'full', seed: 5 }));
    expect(new Set(trials.map((trial) => trial.seed)).size).toBe(trials.length);
    expect(trials.every(({ seed }) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });

  it('does not depend on the order in which counts were written', () => {
    const hashes = ['1,3,5', '5,1,3'].map((replicas) => expandPlan(fromFlags({ replicas })).hash);
    expect(new Set(hashes).size).toBe(1);
  });

  it('has cells of their own for every limits value', () => {
    const limits = ['cpus=1,memory=256MiB', 'none', 'cpus=0.5'];
    const { cells } = expandPlan(fromFlags({ env: 'process,docker', replicas: 1, clients: 1, limits }));
    expect(cells.map(({ env, cpus, memoryBytes }) => [env, cpus, memoryBytes])).toEqual(
      ['process', 'docker'].flatMap((env) => [
        [env, undefined, undefined],
        [env, 0.5, undefined],
        [env, 1, 2 ** 28],
      ]),
    );
    expect(cells.filter((cell) => 'cpus' in cell)).toHaveLength(4);
  });

  it('has cells of their own for every way machines come up, and only where there are machines', () => {
    const flags = { env: 'all', replicas: 1, clients: 1, boot: 'warm,cold', trials: 2 };
    const plan = expandPlan(fromFlags(flags));
    expect(plan.cells.map(({ env, boot }) => [env, boot])).toEqual([
      ['process', undefined],
      ['docker', undefined],
      ['docker-vm', 'warm'],
      ['docker-vm', 'cold'],
      ['vm', 'warm'],
      ['vm', 'cold'],
    ]);
    expect(plan.cells.filter((cell) => 'boot' in cell)).toHaveLength(4);
    expect(plan.trials).toHaveLength(2 * cellCount(plan.experiment));
  });

  it('wakes machines from a prepared one unless told', () => {
    const { cells } = expandPlan(fromFlags({ env: 'vm,docker', replicas: 1, clients: 1 }));
    expect(cells.map(cellKey).map((key) => /"boot":"\w+"/.exec(key)?.[0])).toEqual([
      undefined,
      '"boot":"warm"',
    ]);
  });

  it('does not depend on the order in which limits were written', () => {
    const orders = [
      ['none', 'cpus=2', 'cpus=0.5'],
      ['cpus=0.5', 'none', 'cpus=2'],
    ];
    const hashes = orders.map((limits) => expandPlan(fromFlags({ limits })).hash);
    expect(new Set(hashes).size).toBe(1);
  });

  it('gives every cell the same limits, whatever its environment', () => {
    const { cells } = expandPlan(fromFlags({ env: 'all', limits: 'memory=512MiB' }));
    expect(new Set(cells.map(({ env }) => env)).size).toBe(4);
    expect(cells.every(({ memoryBytes }) => memoryBytes === 2 ** 29)).toBe(true);
  });

  it('of the largest size is expanded', () => {
    const plan = expandPlan(fromFlags({ replicas: 1, clients: '1-10', trials: 10_000, seed: 1 }));
    expect(plan.trials.at(-1)).toMatchObject({ id: 't100000', block: 9999 });
  });
});
