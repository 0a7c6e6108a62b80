import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { TrialRecord } from '../../../results/store/records.ts';
import { buildReport } from './build-report.ts';
import { nextCommand } from './next-command.ts';
import { cellsOver, killed, quietCell, runOf, type RunShape } from './run.fixture.ts';
import { textSummary } from './text-summary.ts';
import { visibleWidth } from './text-layout.ts';

const summaryOf = (shape: RunShape, columns = 110, colors = pc.createColors(false)) => {
  const run = runOf(shape);
  const next = nextCommand(run.manifest, run.records, run.runDir);
  return textSummary(
    buildReport(run),
    { reportPath: 'results/data/r/report/index.html', next },
    { columns, colors },
  );
};
const failed: Partial<TrialRecord> = { status: 'failed', cause: killed, verification: null };
const threshold = (text: string, metric: string, comparator: string, value: number, unit: string) => {
  return { thresholds: [{ text, metric, comparator, value, unit }] };
};

describe('the summary', () => {
  it('says the verdict first, then the thresholds, then the figures', () => {
    const text = summaryOf({ experiment: threshold('p99<20ms', 'p99', '<', 20, 'ms') });
    const places = ['Every answer correct', '✓ pass p99<20ms: 3.00 ms', 'requests/s', 'Results'].map((word) =>
      text.indexOf(word),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('gives the number of a missed threshold, and calls a metric without value unknown and failed', () => {
    expect(summaryOf({ experiment: threshold('p99<1ms', 'p99', '<', 1, 'ms') })).toContain(
      '✗ FAIL p99<1ms: 3.00 ms',
    );
    const unknown = summaryOf({ experiment: threshold('p999<9s', 'p999', '<', 9000, 'ms') });
    expect(unknown).toContain('? UNKNOWN p999<9s: no value, counted as failed');
    expect(unknown).not.toContain('✓ pass');
  });

  it('names the embedded store wherever it was used', () => {
    const text = summaryOf({ cells: [quietCell, { ...quietCell, env: 'docker', sharedMemory: 'etcd' }] });
    const rows = text.split('\n').filter((line) => /^ +(process|docker) /.test(line));
    expect(rows[0]).toContain('embedded');
    expect(rows[1]).toContain('etcd');
    expect(text).toContain('✓ process, onset, embedded store');
    expect(text).toContain('which is not etcd');
  });

  it('keeps the embedded store in sight on a terminal too narrow for its column', () => {
    expect(summaryOf({}, 60)).toMatch(/in all cells:[^=]*shared memory\s+embedded/);
  });

  it('shows what the verifier said of each cell', () => {
    expect(summaryOf({})).toContain('200 acknowledged = 200 on every replica (3 trials)');
  });

  it('shows failed trials with cause, fix and log, and never a figure of theirs', () => {
    const shown = { throughputPerS: 987654 };
    const metrics = { ...(runOf().records[0]?.metrics as NonNullable<TrialRecord['metrics']>), ...shown };
    const text = summaryOf({ records: { t0002: { ...failed, metrics } } });
    expect(text).toContain('1 of 3 trials failed');
    expect(text).toContain('STRATA-E412 container replica-2 ended with exit code 137');
    expect(text).toContain('because out of memory');
    expect(text).toContain('fix: give the node more memory');
    expect(text).toContain('replica-2.log');
    expect(text).not.toMatch(/987.?654/);
  });

  it('shows a dash, not a zero, for a cell without a usable trial', () => {
    const text = summaryOf({ trials: 1, records: { t0001: { ...failed, metrics: null } } });
    expect(text).toMatch(/process +onset +embedded +3 +4 +— +— +— +— +unknown +0 of 1/);
  });

  it('leaves an invalid trial out and says so', () => {
    const text = summaryOf({
      records: { t0003: { invalid: ['driver saturated: event-loop utilisation 0.82 > 0.7'] } },
    });
    expect(text).toContain('1 trial left out of every figure: driver saturated');
    expect(text).toContain('1 invalid');
    expect(text).toMatch(/^✓ Every answer correct; 1 of \d+ trials left out of the figures$/m);
  });

  it('gives intervals over trials, and says when there are too few trials for one', () => {
    expect(summaryOf({})).toContain('95 % confidence interval');
    const single = summaryOf({ trials: 1 });
    expect(single).toContain('too few trials for an interval');
    expect(single).toContain('[few-trials]');
  });

  it('warns of more nodes than cores and of closed-loop latency', () => {
    const text = summaryOf({ cells: cellsOver([5], [4]) });
    expect(text).toContain('up to 5 nodes and the load generator shared 2 cores');
    expect(text).toContain('closed loop');
  });

  it('ends with the results, the report and the next command', () => {
    const [results = '', report = '', next = ''] = summaryOf({}).split('\n').slice(-4);
    expect(results).toMatch(/^Results {2}results\/data\//);
    expect(report).toMatch(/^Report {3}.*index\.html$/);
    expect(next).toMatch(/^Next {5}npm run bench -- --env process,docker/);
  });

  it('proposes to resume only what is missing, and to look at what failed', () => {
    expect(summaryOf({ records: { t0003: null }, isInterrupted: true })).toContain(
      'npm run bench -- --resume results/data/',
    );
    expect(summaryOf({ records: { t0003: failed } })).toContain('--trials 1 --keep-on-failure');
  });

  it.each([80, 110, 200])('fits %i columns, and never uses more than 110', (columns) => {
    const cells = [
      ...cellsOver([1, 3, 15], [1, 64]),
      ...cellsOver([3], [16], { ...quietCell, env: 'docker', sharedMemory: 'etcd' }),
    ];
    const text = summaryOf(
      { cells, experiment: threshold('p99<1ms', 'p99', '<', 1, 'ms'), records: { t0002: failed } },
      columns,
    );
    const wide = text.split('\n').filter((line) => visibleWidth(line) > Math.min(110, columns));
    expect(wide.filter((line) => !/npm run|index\.html|\.log/.test(line))).toEqual([]);
  });

  it('says in colour nothing that it does not say in words', () => {
    const shape = { records: { t0002: failed } };
    const colored = summaryOf(shape, 110, pc.createColors(true));
    expect(colored.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')).toBe(
      summaryOf(shape),
    );
  });
});
