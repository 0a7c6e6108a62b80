/** Workload mysql in a plan: its keys, its cells, what is refused, and its preset. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFakeWorkload } from '../../workloads/fake/fake-workload.ts';
import { cellKey, type Cell } from '../foundation/cell.ts';
import { checkPlan } from './check.ts';
import { describePlan } from './describe.ts';
import { estimateOf } from './estimate.ts';
import { expandPlan } from './expand.ts';
import { cellCount, nodeCount } from './experiment.ts';
import { experimentKeys, flagOf } from './flags.ts';
import { mysqlFlags } from './mysql-flags.ts';
import { fromFile, fromFlags, refusalOf, refusalText } from './resolve.fixture.ts';

type Flags = Readonly<Record<string, unknown>>;
const machine = { memoryBytes: 24 * 2 ** 30, cpuCount: 32 };
const workload = createFakeWorkload();
const planOf = (flags: Flags) => expandPlan(fromFlags({ workload: 'mysql', seed: 1, ...flags }));
const cellsOf = (flags: Flags): readonly Cell[] => planOf(flags).cells;
const checked = (flags: Flags) => checkPlan(planOf(flags), machine, (cell) => workload.check(cell));

describe('a cell of workload mysql', () => {
  it('is by default MariaDB as fast as possible, replicated in batches of 100', () => {
    expect(cellsOf({ replicas: 2, clients: 4 })).toEqual([
      {
        ...{ env: 'process', workload: 'mysql', replicas: 2, clients: 4, store: 'ram', sharedMemory: 'none' },
        ...{ load: { kind: 'closed' }, balance: 'round-robin', mix: {}, faults: [] },
        ...{ requests: 375, warmupRequests: 25, requestTimeoutMs: 5000 },
        mysql: {
          ...{ engine: 'mariadb', insertsPerMinute: 0, aggregation: 100, stringLength: 32, durability: 1 },
          ...{ mode: 'replicated', delivery: 'sequential', nameResolution: false, onPeerLoss: 'fail' },
        },
      },
    ]);
  });

  it('has an open loop at the rate of all instances together', () => {
    const cells = cellsOf({ replicas: '1,3', clients: '6', insertsPerMinute: '600,max' });
    expect(cells.map(({ replicas, load }) => [replicas, load])).toEqual([
      [1, { kind: 'open', ratePerS: 10 }],
      [1, { kind: 'closed' }],
      [3, { kind: 'open', ratePerS: 30 }],
      [3, { kind: 'closed' }],
    ]);
  });

  it('has as many nodes as instances, any number from 1 to 15', () => {
    const cells = cellsOf({ env: 'docker', replicas: '1-15', clients: 15 });
    expect(cells.map(nodeCount)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    expect(() => checked({ env: 'docker', replicas: '1-15', clients: 15 })).not.toThrow();
  });

  it('has equally many loops in each instance where nobody asked for a number', () => {
    const loops = (flags: Flags) => cellsOf(flags).map(({ replicas, clients }) => [replicas, clients]);
    expect(loops({ replicas: '1,3,5' })).toEqual([
      [1, 1],
      [1, 4],
      [3, 3],
      [3, 6],
      [5, 5],
    ]);
    expect(loops({ replicas: 3, profile: 'standard' }).at(-1)).toEqual([3, 63]);
    expect(loops({ replicas: 3, clients: '4,64' })).toEqual([
      [3, 4],
      [3, 64],
    ]);
  });

  it('is one for each combination of its factors, and a baseline one whatever it would send', () => {
    const flags = { replicas: 2, clients: 2, mode: 'replicated,baseline', aggregation: '10,100' };
    const cells = cellsOf({ ...flags, delivery: 'sequential,parallel', onPeerLoss: 'retry' });
    const seen = cells.map(({ mysql }) => [
      mysql?.mode,
      mysql?.aggregation,
      mysql?.delivery,
      mysql?.onPeerLoss,
    ]);
    expect(seen).toEqual([
      ['replicated', 10, 'sequential', 'retry'],
      ['replicated', 10, 'parallel', 'retry'],
      ['replicated', 100, 'sequential', 'retry'],
      ['replicated', 100, 'parallel', 'retry'],
      ['baseline', 100, 'sequential', 'fail'],
    ]);
  });

  it('has nothing of what only ONSET heeds', () => {
    const both = { workload: 'onset,mysql', mix: 'get=1', balance: 'random', requestTimeout: '1s', rate: 50 };
    const [onset, mysql] = cellsOf({ ...both, replicas: 1, clients: 1 });
    expect(onset).toMatchObject({ mix: { get: 1 }, balance: 'random', requestTimeoutMs: 1000 });
    expect(onset).toMatchObject({ load: { kind: 'open', ratePerS: 50 } });
    expect(onset).not.toHaveProperty('mysql');
    expect(mysql).toEqual(cellsOf({ replicas: 1, clients: 1 })[0]);
  });
});

const anyFlags = fc.record({
  workload: fc.constantFrom('mysql', 'onset,mysql', 'onset,onset-batched,mysql'),
  env: fc.constantFrom('process', 'docker,vm'),
  replicas: fc.constantFrom('1', '1,3', '2,5-7'),
  clients: fc.constantFrom(undefined, '7', '7-64*2'),
  insertsPerMinute: fc.constantFrom('max', '60,600', '60-6000*10,max'),
  aggregation: fc.constantFrom('10', '1,10,100'),
  stringLength: fc.constantFrom('32', '8,1024'),
  durability: fc.constantFrom('1', '0,1,2'),
  mode: fc.constantFrom('replicated', 'baseline', 'baseline,replicated'),
  delivery: fc.constantFrom('parallel', 'sequential,parallel'),
  nameResolution: fc.constantFrom('off', 'on,off'),
  profile: fc.constantFrom('smoke', 'quick'),
});

describe('a plan with mysql', () => {
  it('holds each cell once in a block, as many as were counted before', () => {
    fc.assert(
      fc.property(anyFlags, (flags) => {
        const { cells, experiment } = planOf({ ...flags, trials: 1 });
        expect(new Set(cells.map(cellKey)).size).toBe(cells.length);
        expect(cells).toHaveLength(cellCount(experiment));
        for (const { mysql, workload: name, clients, replicas } of cells) {
          expect(mysql !== undefined).toBe(name === 'mysql');
          if (mysql !== undefined) expect(clients >= replicas && clients <= 64).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on the order in which factors were written', () => {
    const orders = ['max,60,600', '600,max,60'].map((insertsPerMinute) => planOf({ insertsPerMinute }).hash);
    expect(new Set(orders).size).toBe(1);
    const { insertsPerMinute } = fromFlags({ workload: 'mysql', insertsPerMinute: '0,600,60' }).mysql;
    expect(insertsPerMinute).toEqual([60, 600, 0]);
  });

  it('takes the same from YAML, typed', () => {
    const text = `workload: mysql
insertsPerMinute: [600, max]
aggregation: [1, 10-100*10]
durability: [1, 2]
nameResolution: [on, off]
mode: [replicated, baseline]
`;
    expect(fromFile(text).mysql).toMatchObject({
      ...{ insertsPerMinute: [600, 0], aggregation: [1, 10, 100], durability: [1, 2] },
      ...{ nameResolution: [false, true], mode: ['replicated', 'baseline'] },
    });
    expect(fromFile('workload: mysql\ninsertsPerMinute: 0\ndurability: 2').mysql).toMatchObject({
      ...{ insertsPerMinute: [0], durability: [2] },
    });
  });

  it('is shown with what mysql has: once, or in columns where it is compared', () => {
    const flags = { replicas: 2, clients: 2, insertsPerMinute: '60,max', mode: 'replicated,baseline' };
    const lines = describePlan(planOf({ ...flags, trials: 1 })).split('\n');
    expect(lines[1]).toMatch(/^replicas 2 · clients 2 · 375 inserts a loop .* · inserts\/min 60 \| max · /);
    expect(lines[1]).toContain(' · engine mariadb · mode replicated | baseline · ');
    expect(lines[1]).not.toMatch(/shared memory|closed loop/);
    expect(lines).toContainEqual(expect.stringMatching(/ clients +mode +inserts\/min +expected$/));
    expect(lines.filter((line) => / baseline +max /.test(line))).toHaveLength(1);
  });

  it('says how long its rates alone take, with a past or without', () => {
    const plan = planOf({
      replicas: '1,2',
      clients: 2,
      insertsPerMinute: '600,max',
      requests: 275,
      trials: 2,
    });
    // 300 inserts of 2 loops at 10/s and at 20/s, twice.
    expect(estimateOf(plan, () => undefined).pacedMs).toBe(2 * (60_000 + 30_000));
    expect(describePlan(plan)).toContain(
      'The paced load alone takes 3 min 00 s (requests ÷ rate, all trials).',
    );
    expect(describePlan(plan, () => ({ meanMs: 1, n: 1 }))).toContain('from 4 earlier trials of like cells.');
    expect(describePlan(planOf({}))).not.toContain('paced');
  });
});

describe('refused', () => {
  it.each([
    ...mysqlFlags.map(({ key, example }) => [{ [key]: example }, key] as const),
    [{ workload: 'onset-batched', mode: 'baseline' }, 'mode'] as const,
  ])('is %j without mysql', (flags, key) => {
    const error = refusalOf(() => fromFlags(flags));
    expect(error.code).toBe('STRATA-E205');
    expect(error.message).toContain(
      `--${flagOf(key).flag}: ${key}: ${Object.values(flags).at(-1) ?? ''} is a setting of workload mysql, and workload is onset`,
    );
    expect(error.fix).toBe(`Add mysql to workload, or leave ${key} out.`);
  });

  it.each([
    [
      { mix: 'get=1' },
      /--mix: mix: get=1 is a setting of ONSET, and workload is mysql \(--workload\): .*\nLeave mix out/,
    ],
    [{ rate: '500' }, /^STRATA-E205 --rate: rate: 500 is a setting of ONSET.*\nWrite insertsPerMinute \(/],
    [
      { sharedMemory: 'embedded', env: 'docker' },
      /^STRATA-E205 --shared-memory: sharedMemory: embedded is a/,
    ],
    [{ balance: 'random' }, /^STRATA-E205 --balance: /],
    [{ requestTimeout: '1s' }, /^STRATA-E205 --request-timeout: /],
    [
      { replicas: '2,5', clients: '1,4,8' },
      /^STRATA-E205 --clients: clients: 1, 4 are fewer than 5 replicas \(--replicas\).*\nAllowed with 5 replicas: at least 5 clients;/,
    ],
    [
      { aggregation: '10,500', requests: 400 },
      /^STRATA-E205 --aggregation: aggregation: 500 is more than the 400 inserts .*\n.*at most 400, or at least 500/,
    ],
    [
      { requests: 50 },
      /^STRATA-E205 --requests: requests: 50 inserts of each loop are fewer than .* 100 \(default\)/,
    ],
    [{ fault: 'kill-store@1ms', env: 'docker' }, /kill-store@1ms has no store to end with workload mysql/],
    [
      { workload: 'onset,mysql', fault: 'kill-database@1ms' },
      /kill-database@1ms has no database to end with workload onset \(/,
    ],
    [{ aggregation: '1-10000' }, /"1-10000" is more than 100 counts/],
    [{ insertsPerMinute: 'max,0' }, /0 occurs twice/],
    [{ insertsPerMinute: '60000001' }, /60000001 is outside 0–60000000\nAllowed: whole numbers from 1 to/],
    [{ insertsPerMinute: 'fast' }, /^STRATA-E202 --inserts-per-minute: .*: "fast" is not a count/],
    [{ aggregation: '0' }, /^STRATA-E202 --aggregation: .* 0 is outside 1–10000/],
    [{ durability: '3' }, /^STRATA-E202 --durability: .* 3 is outside 0–2/],
    [
      { mode: 'primary' },
      /^STRATA-E202 --mode: mode: 'primary' is not allowed\nAllowed: replicated, baseline/,
    ],
    [{ engine: 'postgres' }, /^STRATA-E202 --engine: .*\nAllowed: mariadb or mysql/],
    [{ insertPerMinute: '600' }, /^STRATA-E201 --insert-per-minute: .*\nDid you mean --inserts-per-minute\?/],
    [{ agregation: '10' }, /Did you mean --aggregation\? Example: --aggregation '10,100'/],
    [{ onPeerLost: 'retry' }, /Did you mean --on-peer-loss\?/],
  ])('is %j', (flags, words) => {
    expect(refusalText(() => checked({ requests: 2000, ...flags }))).toMatch(words);
  });

  it('is nothing that a default or a preset brings', () => {
    for (const flags of [
      { paper: 'onset', aggregation: 50 },
      { rate: 'closed' },
      { mode: 'baseline', requests: 50 },
    ])
      expect(() => planOf(flags)).not.toThrow();
    expect(() => fromFlags({ paper: 'containers-vs-vms', workload: 'onset' })).not.toThrow();
    expect(() => planOf({ replicas: 1, requests: 50 })).not.toThrow();
  });

  it('knows the words of every key of the file', () => {
    for (const { key } of mysqlFlags) expect(experimentKeys).toContain(key);
    expect(refusalOf(() => fromFile('workload: mysql\nbatch: 10')).fix).toMatch(
      /^Did you mean aggregation\?/,
    );
  });
});

describe('faults', () => {
  it('after the last insert are refused where a rate says when that is', () => {
    const flags = {
      replicas: 2,
      clients: 2,
      insertsPerMinute: 600,
      requests: 100,
      fault: 'kill-replica@11s',
    };
    expect(refusalOf(() => checked(flags)).message).toMatch(/200 requests at 20\/s are sent in 10s/);
    expect(() => checked({ ...flags, insertsPerMinute: 'max', fault: 'kill-replica@1h' })).not.toThrow();
  });

  it('that end an instance fail its trials by design, unless told otherwise', () => {
    const codes = (flags: Flags) =>
      checked({ replicas: 2, clients: 2, fault: 'kill-replica@1s', insertsPerMinute: 600, ...flags }).map(
        ({ code }) => code,
      );
    expect(codes({})).toEqual(['fails-by-design']);
    expect(codes({ onPeerLoss: 'retry' }), 'it does not come back').toEqual(['fails-by-design']);
    const goesOn = { onPeerLoss: 'drop-and-report' };
    expect(codes(goesOn)).toEqual([]);
    expect(codes({ ...goesOn, mode: 'replicated,baseline' })).toEqual(['fails-by-design']);
    expect(codes({ ...goesOn, replicas: '1,2' }), 'nobody is left').toEqual(['fails-by-design']);
    expect(codes({ ...goesOn, insertsPerMinute: 'max' })).toEqual(['fault-may-come-late']);
    expect(codes({ workload: 'onset,mysql', replicas: 1, rate: 5 })).toEqual([
      'stalls-by-design',
      'fails-by-design',
    ]);
  });

  it('that end a database are fatal only where it does not come back or no loss is allowed', () => {
    const codes = (flags: Flags) =>
      checked({
        replicas: '1,2',
        clients: 2,
        insertsPerMinute: 600,
        fault: 'kill-database@1s+2s',
        ...flags,
      }).map(({ code }) => code);
    expect(codes({})).toEqual(['fails-by-design']);
    expect(codes({ onPeerLoss: 'retry' })).toEqual([]);
    expect(codes({ onPeerLoss: 'drop-and-report' })).toEqual([]);
    expect(codes({ onPeerLoss: 'retry', fault: 'kill-database@1s' })).toEqual(['fails-by-design']);
    expect(codes({ onPeerLoss: 'retry', durability: '0,1' })).toEqual(['may-lose-inserts']);
  });
});

describe('loops that cannot be dealt out evenly', () => {
  it('are said where there is a rate', () => {
    const codes = (flags: Flags) => checked(flags).map(({ code }) => code);
    expect(codes({ replicas: 3, clients: 4, insertsPerMinute: 600 })).toEqual(['uneven-loops']);
    expect(codes({ replicas: 3, clients: 4 })).toEqual([]);
    expect(codes({ replicas: 3, insertsPerMinute: 600 })).toEqual([]);
  });
});

describe('the preset of paper containers-vs-vms', () => {
  const plan = expandPlan(fromFlags({ paper: 'containers-vs-vms', seed: 1 }));
  const figure = (matches: (cell: Cell) => boolean) => plan.cells.filter(matches);

  it('has the cells of figures 3 to 8, with native containers beside them, and fewer than 200 in all', () => {
    for (const env of ['docker', 'docker-vm', 'vm'] as const) {
      for (const mode of ['replicated', 'baseline'] as const) {
        const byRate = figure((cell) => cell.env === env && cell.mysql?.mode === mode && cell.replicas === 3);
        expect(byRate.map(({ mysql }) => mysql?.insertsPerMinute)).toEqual([60, 300, 600, 3000, 6000]);
      }
      const bySize = figure(
        ({ env: at, mysql }) => at === env && mysql?.mode === 'replicated' && mysql.insertsPerMinute === 600,
      );
      expect(bySize.map(({ replicas, clients }) => [replicas, clients])).toEqual([
        [1, 1],
        [3, 3],
        [5, 5],
        [7, 7],
      ]);
    }
    expect(plan.cells).toHaveLength(120);
  });

  it('ends within a night and delivers at every rate', () => {
    expect(estimateOf(plan, () => undefined).pacedMs ?? Infinity).toBeLessThan(9 * 3_600_000);
    const cell = plan.cells[0];
    expect((cell?.requests ?? 0) / 10).toBeGreaterThanOrEqual(30);
    expect(((cell?.requests ?? 0) + (cell?.warmupRequests ?? 0)) % 10).not.toBe(0);
  });

  it('may be asked for in part', () => {
    const part = fromFlags({
      paper: 'containers-vs-vms',
      env: 'process',
      replicas: '2',
      insertsPerMinute: 'max',
    });
    expect(expandPlan(part).cells.map(({ env, clients }) => [env, clients])).toEqual([
      ['process', 2],
      ['process', 2],
    ]);
  });
});
