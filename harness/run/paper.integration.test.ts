import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { sqlText } from '../../results/store/duckdb.ts';
import { resultsDir, storedTrials, strata } from './cli.fixture.ts';

/** What is left of the paper's experiment on a machine with Node alone: its smallest step, its store embedded. */
const cut = [
  ...['--paper', 'onset', '--env', 'process', '--shared-memory', 'embedded', '--store', 'ram'],
  ...['--replicas', '1,3', '--clients', '2', '--trials', '3'],
];

async function query(sql: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('strata bench --paper onset', () => {
  it('ends with the paper beside the run: in the summary, on the page and as CSV, from the stored trials', async () => {
    await using results = await resultsDir();
    const run = await strata(['bench', ...cut, '--out', results.path]);
    expect(run.exitCode, run.stderr).toBe(0);
    const [runId = ''] = await results.runIds();
    const report = join(results.path, runId, 'report');

    const trials = await storedTrials(results.path, runId);
    const throughput = (replicas: number, block: number) =>
      trials.find((trial) => trial.cell.replicas === replicas && trial.block === block)?.metrics
        ?.throughputPerS ?? NaN;
    const logs = [0, 1, 2].map((block) => Math.log(throughput(3, block) / throughput(1, block)));
    const reduction = 100 * (1 - Math.exp(logs.reduce((sum, log) => sum + log, 0) / 3));

    const rows = await query(
      `SELECT * FROM read_csv(${sqlText(join(report, 'paper.csv'))}, header = true) WHERE item = 'table-1'`,
    );
    expect(rows).toHaveLength(14);
    expect(rows[0]).toMatchObject({
      ...{ store: 'ram', replicas: '1→3', paper_value: 84.7, paper_source: 'section 4.2, table 1', n: '3' },
      measured: expect.closeTo(reduction, 6) as number,
      measured_over_paper: expect.closeTo(reduction / 84.7, 6) as number,
    });
    expect(rows[1]).toMatchObject({
      measured: null,
      remark: expect.stringContaining('not measured') as string,
    });

    const page = await readFile(join(report, 'index.html'), 'utf8');
    expect(page).toContain('Paper against measured');
    expect(page).toContain('embedded: not etcd');
    expect(page).toContain('id="chart-paper-onset-table-1"');
    expect(run.stdout).toContain('Paper against measured');
    expect(run.stdout).toMatch(/ram, 1→3 replicas, reduction of\s+throughput: paper 84\.7 %, measured/);
  });
});
