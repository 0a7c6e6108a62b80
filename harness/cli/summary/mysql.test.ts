/** What summary, report, JSON and CSV say of workload mysql, alone and beside ONSET. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { askingCharts } from '../../../analysis/report/asking-charts.ts';
import { inserterCharts } from '../../../analysis/report/inserter-charts.ts';
import { renderHtml } from '../../../analysis/report/render-html.ts';
import { trialCharts } from '../../../analysis/report/trial-charts.ts';
import { exportSummaryCsv } from '../../../results/export/summary.ts';
import { manifestSchema, trialRecordSchema } from '../../../results/store/schemas.ts';
import type { Cell, MysqlFactors } from '../../foundation/cell.ts';
import { expandPlan } from '../../plan/expand.ts';
import { fromFlags } from '../../plan/resolve.fixture.ts';
import { benchOutput } from '../json/bench-output.ts';
import { buildReport } from './build-report.ts';
import { nextCommand } from './next-command.ts';
import { quietCell, runOf, type RunShape } from './run.fixture.ts';
import { textSummary } from './text-summary.ts';

const cellsOf = (flags: object) => expandPlan(fromFlags({ workload: 'mysql', seed: 1, ...flags })).cells;
const inserter = cellsOf({ replicas: 1, clients: 1 })[0] as Cell & { readonly mysql: MysqlFactors };
const onset: Cell = { ...quietCell, sharedMemory: 'etcd' };
const sweep = cellsOf({
  ...{ env: 'docker-vm,vm', replicas: '1,3', insertsPerMinute: '6000,60,max', mode: 'baseline,replicated' },
  profile: 'quick',
  clients: undefined,
}).filter(({ clients, replicas }) => clients === replicas);

const reportOf = (shape: RunShape) => buildReport(runOf(shape));
const pageOf = (shape: RunShape) => renderHtml(reportOf(shape), 'var Chart;').replaceAll(/\s+/g, ' ');
const chartOf = (shape: RunShape, id: string) =>
  inserterCharts(reportOf(shape)).find((chart) => chart.id === id);
const summaryOf = (shape: RunShape) => {
  const next = { command: 'npm run bench', why: 'again' };
  const page = { columns: 110, colors: pc.createColors(false) };
  return textSummary(reportOf(shape), { reportPath: 'r/report/index.html', next }, page);
};

describe('the units', () => {
  it('are inserts and cycle times, in text and page', () => {
    expect(summaryOf({ cells: [inserter] })).toMatch(
      / inserts\/s +p50 ms[^]*p50, p95, p99 of the cycle time/,
    );
    expect(pageOf({ cells: [inserter] })).toMatch(/<th class="number">inserts\/s<\/th>.*times as cycle time/);
    expect(summaryOf({ cells: [inserter] })).not.toMatch(/requests\/s|shared memory|time-out|mix/);
    expect(pageOf({ cells: [inserter] })).not.toMatch(/requests\/s|linearizable/);
  });

  it('stay those of requests without mysql, and are neither with both', () => {
    expect(summaryOf({ cells: [onset] })).toMatch(/ requests\/s +p50 ms/);
    expect(summaryOf({ cells: [onset] })).not.toMatch(/cycle time|insert/);
    expect(summaryOf({ cells: [onset, inserter] })).toMatch(/ operations\/s +p50 ms/);
  });
});

describe('what each trial recorded beside its cycle times', () => {
  const facts = {
    ...{
      syncMs: 1_530,
      batchP50Ms: 1.25,
      lagP99Ms: 17,
      deliveredBytes: 3_400,
      comInsert: 12_345,
      logBytes: null,
    },
    ...{ slowestWay: 'db-1→db-3', slowestWayP50Ms: 2.5, engine: 'mariadb' },
  };
  const annotations = [
    { atNs: 2.5e9, kind: 'kill-database', text: 'database of db-3 killed' },
    { atNs: 2.6e9, kind: 'peer-loss', text: 'loop 0 of db-1 lost db-3' },
    { atNs: 9e9, kind: 'not-delivered', text: 'db-3 was not sent 10 tuples of loop 0 of db-1: 90–99' },
  ];
  const verification = { correct: true, statement: 'all there', problems: [], facts };
  const shape = { cells: [inserter], trials: 1, records: { t0001: { verification, annotations } } };

  it('is on the page, with — where there was nothing to measure', () => {
    const page = pageOf(shape);
    for (const text of ['1.5 s', '1.25', '17.0', '3.4 kB', '12 345', 'db-1→db-3 2.50 ms'])
      expect(page).toContain(text);
    const cells = /<table id="inserters".*?<tbody>(.*?)<\/tbody>/.exec(page)?.[1] ?? '';
    expect(cells.match(/—/g)?.length).toBe(13);
    expect(page).toContain('2.50 s: database of db-3 killed');
    expect(page).toContain('9.00 s: db-3 was not sent 10 tuples of loop 0 of db-1: 90–99');
    expect(page).not.toContain('loop 0 of db-1 lost db-3');
  });

  it('is nothing without mysql', () => {
    expect(pageOf({ cells: [onset], records: { t0001: { verification, annotations } } })).not.toContain(
      'inserters',
    );
  });
});

describe('what was measured', () => {
  it('is said in the words of each workload', () => {
    const paced = cellsOf({
      replicas: '1,3',
      clients: '6',
      insertsPerMinute: '600,max',
      aggregation: '10,100',
    });
    expect(reportOf({ cells: paced }).measured.slice(0, 3)).toEqual([
      'mysql with 1, 3 instances, run as plain processes of this host, without isolation; each instance has a mariadb database of its own.',
      '6 insert loops of all instances together, at 600 inserts a minute and instance or as fast as possible, 375 measured inserts a loop after 25 of warm-up.',
      'A cycle is one insert into the local database; after every 10, 100 the gathered tuples are sent to every other one.',
    ]);
    const baseline = cellsOf({ mode: 'baseline', replicas: 1, clients: 1 });
    expect(reportOf({ cells: baseline }).measured[2]).toMatch(
      /nothing is sent to other instances \(baseline\)\.$/,
    );
    const both = reportOf({ cells: [onset, inserter] });
    expect(both.measured[0]).toMatch(/^onset with 3 replicas, .*; the shared memory was etcd\.$/);
    expect(both.measured[2]).toMatch(/^mysql with 1 instance, /);
  });

  it('is proved in its own way', () => {
    const proofs = (cells: readonly Cell[]) => reportOf({ cells }).methods.join('\n');
    expect(proofs([inserter])).toMatch(/exactly the tuples/);
    expect(proofs([inserter])).not.toMatch(/linearizable/);
    expect(proofs([onset])).not.toMatch(/tuples|Cycle time/);
    expect(proofs([onset, inserter])).toMatch(/linearizable[^]*exactly the tuples/);
  });
});

describe('the factors', () => {
  it('are columns where they are compared, else said once; a baseline has none of sending', () => {
    const cells = cellsOf({ replicas: 2, clients: 2, mode: 'replicated,baseline', aggregation: '10,100' });
    const text = summaryOf({ cells });
    expect(text).toMatch(/ clients +mode +aggregation +inserts\/s /);
    expect(text).toMatch(/ replicated +10 [^]* replicated +100 [^]* baseline +— /);
    expect(text).toMatch(
      /the same in all cells: store ram; engine mariadb; inserts\/min max; delivery\s+sequential; /,
    );
    expect(pageOf({ cells })).toMatch(/<th>mode<\/th> ?<th>aggregation<\/th>/);
    expect(pageOf({ cells })).not.toContain('<th>durability</th>');
  });

  it('are in the name of a cell as far as they tell it from the usual', () => {
    const label = (changes: Partial<MysqlFactors>) =>
      reportOf({ cells: [{ ...inserter, mysql: { ...inserter.mysql, ...changes } }] }).cells[0]?.label;
    expect(label({})).toBe('process, mysql, 1 replica, 1 client, max inserts/min, batches of 100');
    expect(label({ mode: 'baseline', insertsPerMinute: 600, durability: 2, delivery: 'parallel' })).toBe(
      'process, mysql, 1 replica, 1 client, 600 inserts/min, baseline, durability 2',
    );
  });

  it('order the cells: replicated before baseline, rates rising, as fast as possible last', () => {
    const shown = reportOf({ cells: [...sweep].reverse() }).cells.filter(({ replicas }) => replicas === 3);
    expect(shown.slice(0, 6).map(({ factors }) => [factors.get('mode'), factors.get('inserts/min')])).toEqual(
      [
        ['replicated', '60'],
        ['replicated', '6\u202f000'],
        ['replicated', 'max'],
        ['baseline', '60'],
        ['baseline', '6\u202f000'],
        ['baseline', 'max'],
      ],
    );
  });
});

describe('the charts', () => {
  it('are the figures of the paper: by rate and by instances, for each environment and mode', () => {
    expect(inserterCharts(reportOf({ cells: sweep })).map(({ id }) => id)).toEqual([
      'cycle-time-by-inserts-docker-vm-replicated',
      'cycle-time-by-inserts-docker-vm-baseline',
      'cycle-time-by-inserts-vm-replicated',
      'cycle-time-by-inserts-vm-baseline',
      'cycle-time-by-instances-docker-vm-replicated',
      'cycle-time-by-instances-docker-vm-baseline',
      'cycle-time-by-instances-vm-replicated',
      'cycle-time-by-instances-vm-baseline',
    ]);
  });

  it('carry the mean cycle time, in rising order, the loops of each instance being no factor', () => {
    const chart = chartOf({ cells: sweep }, 'cycle-time-by-inserts-vm-baseline');
    expect(chart).toMatchObject({ yTitle: 'milliseconds', xLabels: ['60', '6\u202f000', 'max'] });
    expect(chart?.series.map(({ name, points }) => [name, points.map(({ x }) => x)])).toEqual([
      ['1 replica', [0, 1, 2]],
      ['3 replicas', [0, 1, 2]],
    ]);
    const { cells } = reportOf({ cells: sweep });
    const row = cells.find(
      ({ label }) => label.startsWith('vm, mysql, 3 replicas') && / 60 .*baseline/.test(label),
    );
    expect(chart?.series[1]?.points[0]?.y).toBe(row?.metrics?.latencyMs.mean?.mean);
    const bySize = chartOf({ cells: sweep }, 'cycle-time-by-instances-vm-replicated');
    expect(bySize?.series.map(({ name }) => name)).toEqual([
      '60 inserts/min',
      '6\u202f000 inserts/min',
      'max inserts/min',
    ]);
    expect(bySize?.series.every(({ points }) => points.length === 2)).toBe(true);
  });

  it('of requests and of inserts never share an axis', () => {
    const ids = (cells: readonly Cell[]) => inserterCharts(reportOf({ cells })).map(({ id }) => id);
    const loops = cellsOf({ replicas: 1, clients: '1,4' });
    expect(ids(loops)).toEqual(['inserts-by-loops']);
    const both = reportOf({ cells: [onset, ...loops] });
    expect(inserterCharts(both).map(({ id }) => id)).toEqual(['inserts-by-loops']);
    expect(askingCharts(both)[0]?.series.flatMap(({ points }) => points)).toHaveLength(1);
    expect(trialCharts(both)[0]?.yTitle).toBe('requests or inserts per second');
    expect(ids([onset])).toEqual([]);
  });
});

describe('warnings', () => {
  const paced = cellsOf({ replicas: 1, clients: 1, insertsPerMinute: 60_000 })[0] ?? inserter;

  it('name a missed rate as that', () => {
    const invalid = ['achieved 41.0 % of the offered 1000/s, less than 99 %'];
    const [warning] = reportOf({ cells: [paced], trials: 6, records: { t0001: { invalid } } }).warnings;
    expect(warning?.code).toBe('missed-rate');
    expect(warning?.message).toBe(`1 trial left out of every figure: ${invalid[0] ?? ''}`);
    expect(warning?.advice).toContain('--inserts-per-minute');
  });

  it('of a closed loop name the flag that would open it', () => {
    const advice = (cells: readonly Cell[]) =>
      reportOf({ cells, trials: 5 }).warnings.find(({ code }) => code === 'closed-loop')?.advice;
    expect(advice([inserter])).toMatch(/use --inserts-per-minute$/);
    expect(advice([onset])).toMatch(/use --rate$/);
    expect(advice([onset, inserter])).toMatch(/use --rate or --inserts-per-minute$/);
    expect(advice([paced])).toBeUndefined();
  });

  it('do not speak of a shared memory', () => {
    expect(reportOf({ cells: [paced], trials: 5 }).warnings).toEqual([]);
  });
});

describe('the next command', () => {
  const nextOf = (shape: RunShape) => {
    const { manifest, records, runDir } = runOf(shape);
    return nextCommand(manifest, records, runDir).command;
  };

  it('stays with the workload', () => {
    expect(nextOf({ cells: [inserter] })).toBe(
      'npm run bench -- --workload mysql --env process,docker --trials 5',
    );
    const vm: Cell = { ...inserter, env: 'vm', boot: 'warm' };
    expect(nextOf({ cells: [vm] })).toBe('npm run bench -- --paper containers-vs-vms --dry-run');
  });

  it('repeats a doubtful cell with all its factors', () => {
    const [cell = inserter] = cellsOf({
      ...{
        replicas: 3,
        clients: 3,
        insertsPerMinute: 600,
        aggregation: 10,
        delivery: 'parallel',
        durability: 2,
      },
      ...{ stringLength: 8, nameResolution: 'on', onPeerLoss: 'retry', engine: 'mysql' },
    });
    const command = nextOf({ cells: [cell], records: { t0001: { verification: null } } });
    const words = command.split(' ');
    const value = (flag: string) => words[words.indexOf(`--${flag}`) + 1];
    const again = cellsOf({
      ...{ replicas: value('replicas'), clients: value('clients'), engine: value('engine') },
      ...{ insertsPerMinute: value('inserts-per-minute'), aggregation: value('aggregation') },
      ...{
        delivery: value('delivery'),
        durability: value('durability'),
        stringLength: value('string-length'),
      },
      ...{ nameResolution: value('name-resolution'), onPeerLoss: value('on-peer-loss') },
    });
    expect(again).toEqual([cell]);
  });
});

describe('what is stored and exported', () => {
  it('reads back whole, and nothing else passes for it', () => {
    const { manifest, records } = runOf({ cells: sweep, trials: 1 });
    expect(manifestSchema.parse(JSON.parse(JSON.stringify(manifest))).plan).toEqual(manifest.plan);
    expect(trialRecordSchema.parse(JSON.parse(JSON.stringify(records[0]))).cell).toEqual(records[0]?.cell);
    const wrong = { ...records[0], cell: { ...inserter, mysql: { ...inserter.mysql, durability: 3 } } };
    expect(trialRecordSchema.safeParse(wrong).success).toBe(false);
  });

  it('is in the JSON document', () => {
    const run = runOf({ cells: [onset, inserter] });
    const cells = summarizeCells(run.manifest.plan, run.records);
    const document = benchOutput({ model: buildReport(run), cells, exitCode: 0, reportPath: null });
    const byWorkload = new Map(document.cells.map(({ factors }) => [factors.workload, factors.mysql]));
    expect(byWorkload.get('mysql')).toEqual(inserter.mysql);
    expect(byWorkload.get('onset')).toBeUndefined();
  });

  it('has columns of its own in the CSV, empty for others', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'strata-mysql-'));
    try {
      const { manifest, records } = runOf({ cells: [onset, inserter] });
      await exportSummaryCsv(join(dir, 'summary.csv'), summarizeCells(manifest.plan, records));
      const [head = '', ...rows] = (await readFile(join(dir, 'summary.csv'), 'utf8')).trim().split('\r\n');
      const from = head.split(',').indexOf('engine');
      expect(
        head
          .split(',')
          .slice(from, from + 9)
          .join(','),
      ).toBe(
        'engine,mode,inserts_per_minute,aggregation,delivery,string_length,durability,name_resolution,on_peer_loss',
      );
      const cells = rows.map((row) =>
        row
          .replaceAll(/"[^"]*(""[^"]*)*"/g, 'x')
          .split(',')
          .slice(from, from + 9),
      );
      expect(cells).toContainEqual('mariadb,replicated,0,100,sequential,32,1,false,fail'.split(','));
      expect(cells).toContainEqual(Array.from({ length: 9 }, () => ''));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
