/**
 * Run as a process of its own by `measures/report.ts`, so that its memory is its own: writes the report of the run
 * directory in argv, then does the aggregation once by itself and once as one plain query without bounds.
 */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describeSamples } from '../../../analysis/distribution/describe-samples.ts';
import { probabilities } from '../../../analysis/distribution/quantile-grid.ts';
import { answered } from '../../../analysis/distribution/trial-figures.ts';
import { sqlText } from '../../../results/store/duckdb.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { concludeRun, writeReport } from '../../cli/runs/finish-run.ts';

const [, , runDir = '.'] = process.argv;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1000;
}

async function plainQuery(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.runAndReadAll(
    `SELECT filename, count(*), min(latency_ns), max(latency_ns), avg(latency_ns),
       quantile_cont(latency_ns, [${probabilities.join(', ')}])
     FROM read_parquet(${sqlText(join(runDir, 'samples', '*.parquet'))}, filename = true)
     WHERE ${answered} GROUP BY filename`,
  );
  connection.closeSync();
  instance.closeSync();
}

const run = await openRunDir(runDir);
const reportS = await timed(() => writeReport(concludeRun(run, { interrupted: null, notes: [] })));
const maxRssBytes = process.resourceUsage().maxRSS * 1024;
const rounds: { ownS: number; plainS: number }[] = [];
for (let round = 0; round < 3; round += 1)
  rounds.push({
    ownS: await timed(() => describeSamples(runDir, run.trials)),
    plainS: await timed(plainQuery),
  });
process.stdout.write(JSON.stringify({ reportS, maxRssBytes, rounds }));
