import { describe, expect, it } from 'vitest';
import type { Cell, EnvironmentName, MysqlFactors } from '../../harness/foundation/cell.ts';
import { sampleMetrics } from '../../results/store/records.fixture.ts';
import { comparePapers, paperRows } from './compare-papers.ts';
import { compareInserter } from './inserter-comparison.ts';
import { madeUpRun, onsetCell } from './run.fixture.ts';

const factors: MysqlFactors = {
  ...{ engine: 'mariadb', insertsPerMinute: 600, aggregation: 10, stringLength: 32, durability: 1 },
  ...{ mode: 'replicated', delivery: 'sequential', nameResolution: false, onPeerLoss: 'fail' },
};

function inserter(env: EnvironmentName, replicas: number, changes: Partial<MysqlFactors> = {}): Cell {
  const boot = env === 'docker' ? {} : ({ boot: 'cold' } as const);
  return {
    ...{ ...onsetCell, env, workload: 'mysql', replicas, clients: replicas, store: 'disk' },
    ...{ sharedMemory: 'none', ...boot, mysql: { ...factors, ...changes } },
  };
}

/** A cycle takes 6 ms in a machine each, 3 ms in containers in one, 2 ms in native ones; half without remote inserts. */
const cycleMs: Readonly<Partial<Record<EnvironmentName, number>>> = { vm: 6, 'docker-vm': 3, docker: 2 };
const metrics = ({ env, mysql }: Cell) => ({
  latencyMs: {
    ...sampleMetrics.latencyMs,
    mean: (cycleMs[env] ?? NaN) / (mysql?.mode === 'baseline' ? 2 : 1),
  },
});
const record = ({ env, mysql }: Cell) => ({
  phasesMs: { provision: env === 'docker' ? 1000 : 30_000 },
  boots:
    env === 'vm'
      ? [
          {
            node: 'db-1',
            timeline: [
              { name: 'kernel', atMs: 1000 },
              { name: 'ready', atMs: 10_000 },
            ],
            failures: [],
          },
          { node: 'db-2', timeline: [{ name: 'ready', atMs: 40_000 }], failures: [] },
        ]
      : [],
  verification: {
    ...{ correct: true, statement: '', problems: [] },
    facts: { connectMs: mysql?.nameResolution === true ? 150_000 : 50 },
  },
});

const places = ['docker', 'docker-vm', 'vm'] as const;
const run = madeUpRun({
  cells: places.flatMap((env) => [
    inserter(env, 2),
    inserter(env, 2, { mode: 'baseline' }),
    inserter(env, 2, { nameResolution: true, insertsPerMinute: 6000 }),
  ]),
  blocks: 3,
  experiment: { paper: 'containers-vs-vms' },
  metrics,
  record,
});
const rows = paperRows(comparePapers(run));
const rowOf = (item: string, setting: string) =>
  rows.find((row) => row.item === item && row.setting === setting);
const approx = (value: number) => expect.closeTo(value, 9) as number;

describe('paper containers-vs-vms beside a run', () => {
  it('has boots beside the paper’s: the slowest machine of a trial, all containers of one', () => {
    expect(rowOf('boot', 'vm, cold boot')).toMatchObject({
      ...{ reported: 20_000, measured: { mean: approx(40_000) }, ratio: approx(2), n: 9 },
      remark: 'the paper’s value lies below our interval; about',
    });
    expect(rowOf('boot', 'docker')).toMatchObject({ reported: 500, measured: { mean: approx(1000) } });
    expect(rowOf('boot', 'vm, warm boot')).toMatchObject({ measured: null, n: 0 });
  });

  it('has the sync phase beside the lost five minutes, only where names are resolved', () => {
    expect(rowOf('sync', 'vm, name resolution on')).toMatchObject({
      ...{ reported: 300_000, measured: { mean: approx(150_000) }, ratio: approx(0.5) },
    });
    expect(rowOf('sync', 'vm, name resolution off')).toMatchObject({
      ...{ reported: null, measured: { mean: approx(50) } },
    });
  });

  it('has cycle times by instances and rate, one table a figure, in the shape of the paper’s', () => {
    const plot = rows.filter(({ item }) => item === 'figure-4-6');
    expect(
      plot.map(({ replicas, insertsPerMinute, measured }) => [replicas, insertsPerMinute, measured?.mean]),
    ).toEqual([
      ['2', '600', approx(6)],
      ['2', '6\u202f000', approx(6)],
    ]);
    expect(rows.find(({ item }) => item === 'figure-8')?.measured?.mean).toBeCloseTo(3, 9);
  });

  it('weighs one place against another within blocks', () => {
    const ratio = (unit: string, mode: string) =>
      rows.find((row) => row.item === 'places' && row.unit === unit && row.setting === mode)?.measured?.mean;
    expect(ratio('vm / docker-vm', 'replicated')).toBeCloseTo(2, 9);
    expect(ratio('vm / docker', 'baseline')).toBeCloseTo(3, 9);
    expect(ratio('docker-vm / docker', 'replicated')).toBeCloseTo(1.5, 9);
  });

  it('names what was not measured', () => {
    const alone = madeUpRun({
      cells: [inserter('docker', 2)],
      blocks: 3,
      experiment: { paper: 'containers-vs-vms' },
      metrics,
    });
    const all = paperRows(comparePapers(alone));
    const missing = all.filter(({ measured }) => measured === null);
    expect(missing.length).toBeGreaterThan(5);
    for (const { remark } of missing) expect(remark).toMatch(/^not measured in this run: /);
  });

  it('stands without the preset only where containers and machines were both there', () => {
    const of = (...envs: readonly EnvironmentName[]) =>
      compareInserter(madeUpRun({ cells: envs.map((env) => inserter(env, 2)), blocks: 1, metrics }));
    expect(of('docker', 'vm')).not.toBeNull();
    expect(of('docker', 'docker-vm')).toBeNull();
    expect(of('vm')).toBeNull();
  });
});
