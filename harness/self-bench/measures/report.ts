/**
 * A report over 10 million samples of 500 trials, made here: how long it takes, in how much memory, and whether the
 * database alone, with all the memory it likes, would aggregate them much faster.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { openDatabase, sqlText } from '../../../results/store/duckdb.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import type { RunDir } from '../../../results/store/run-dir.ts';
import type { PlannedTrial } from '../../foundation/cell.ts';
import { expandPlan } from '../../plan/expand.ts';
import { resolveExperiment } from '../../plan/resolve.ts';
import { createRun } from '../../run/create-run.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const samplesPerTrial = 20_000;
/** 20 cells × 25 trials. */
const flags = { env: 'process', replicas: '1,3,5,7,9', clients: '1,4,16,64', trials: '25', seed: '1' };
const mostMemoryBytes = 1e9;

interface Figures {
  readonly reportS: number;
  readonly maxRssBytes: number;
  readonly rounds: readonly { readonly ownS: number; readonly plainS: number }[];
}

/** Two figures of one run of the process; measured once, whichever is asked for. */
export function reportMeasures(): readonly Measure[] {
  let measured: Promise<Figures> | undefined;
  const figuresOf = (bench: BenchScope) => (measured ??= measure(bench));
  return [
    {
      id: 'report-10m-s',
      target: 15,
      direction: 'max',
      unit: 's',
      what: 'report with pictures and tables of 10 million samples in 500 trials, in at most 1 GB of memory',
      async measure(bench) {
        const { reportS, maxRssBytes } = await figuresOf(bench);
        const memory = `${(maxRssBytes / 1e6).toFixed(0)} MB at most`;
        if (maxRssBytes > mostMemoryBytes) throw new Error(`the report took ${memory}, more than 1 GB`);
        return { value: reportS, detail: memory };
      },
    },
    {
      id: 'report-vs-duckdb',
      target: 2,
      direction: 'max',
      unit: 'ratio',
      what: 'reading the samples for the report against one plain query over all of them, memory unbounded',
      async measure(bench) {
        const { rounds } = await figuresOf(bench);
        const [own, plain] = [
          median(rounds.map(({ ownS }) => ownS)),
          median(rounds.map(({ plainS }) => plainS)),
        ];
        return {
          value: median(rounds.map(({ ownS, plainS }) => ownS / plainS)),
          detail: `median of ${rounds.length} rounds: ${own.toFixed(2)} s, plain ${plain.toFixed(2)} s`,
        };
      },
    },
  ];
}

async function measure({ scratchDir, signal, say }: BenchScope): Promise<Figures> {
  const plan = expandPlan(resolveExperiment({ flags, environment: {} }));
  await using run = await createRun(plan, { baseDir: join(scratchDir, 'report'), argv: ['bench:self'] });
  say(`making ${plan.trials.length} trials of ${samplesPerTrial} samples`);
  await makeSamples(run, plan.trials);
  const script = join(import.meta.dirname, '..', 'processes', 'report-of-run.ts');
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', script, run.path], {
    cancelSignal: signal,
  });
  return JSON.parse(stdout) as Figures;
}

async function makeSamples(run: RunDir, trials: readonly PlannedTrial[]): Promise<void> {
  await using database = await openDatabase(join(run.path, 'made'));
  const connection = await database.connect();
  for (const trial of trials) {
    const file = run.samplesFile(trial.id, 1);
    await connection.run(
      `COPY (${samples(trial)}) TO ${sqlText(join(run.path, file))} (FORMAT parquet, COMPRESSION zstd)`,
    );
    await run.appendTrial(record(trial, file));
  }
  connection.closeSync();
}

/** Latencies around a millisecond with a long tail; no pattern that a column would shrink to nothing by. */
function samples({ id, position, cell: { clients } }: PlannedTrial): string {
  return `SELECT ${sqlText(id)} AS trial_id, (i % ${clients})::UINTEGER AS client, (i // ${clients})::UINTEGER AS sequence,
      (i % 3)::INTEGER AS replica, 'inc' AS operation, if(i < 1000, 'warm-up', 'measure') AS phase,
      NULL::BIGINT AS intended_ns, i * 50000 AS send_ns, i * 50000 + latency AS done_ns, latency AS latency_ns,
      200::USMALLINT AS status, 120::UINTEGER AS bytes, 1::USMALLINT AS attempts
    FROM (SELECT i, (300000 / (1.001 - hash(i + ${position * samplesPerTrial}) / 18446744073709551616.0))::BIGINT AS latency
          FROM range(${samplesPerTrial}) t(i))`;
}

function record(trial: PlannedTrial, samplesFile: string): TrialRecord {
  const throughputPerS = 20_000 / (1 + trial.cell.replicas) + (trial.position % 7);
  const latency = { mean: 1.2, min: 0.3, p50: 0.6, p90: 2.9, p95: 5.9, p99: 27, p999: 150, max: 300 };
  return {
    ...{ trialId: trial.id, attempt: 1, block: trial.block, position: trial.position },
    ...{
      cellKey: trial.cellKey,
      cell: trial.cell,
      status: 'completed',
      startedAtIso: new Date().toISOString(),
    },
    ...{
      phasesMs: {},
      cause: null,
      invalid: [],
      driver: null,
      annotations: [],
      nodeStats: [],
      boots: [],
      quality: null,
    },
    metrics: {
      ...{ acknowledged: samplesPerTrial - 1000, unanswered: 0, resent: 0, durationS: 1, throughputPerS },
      ...{ offeredPerS: null, latencyMs: latency, serviceTimeMs: null },
    },
    verification: { correct: true, statement: 'made for the benchmark', problems: [], facts: {} },
    samplesFile,
    sampleCount: samplesPerTrial,
  };
}
