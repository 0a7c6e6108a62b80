/** Runs one cell of workload mysql in an environment, with what a test wants to do in between. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { computeTrialMetrics } from '../../analysis/trial-metrics.ts';
import type { Node } from '../../environments/environment.ts';
import { registerLiveRun } from '../../environments/live-runs.ts';
import { environmentFor } from '../../environments/registry.ts';
import { spoolToParquet } from '../../results/sample/parquet.ts';
import { openSamples } from '../../results/sample/source.ts';
import { hasDatabaseFaults, type DatabaseFaults } from '../../workloads/database-faults.ts';
import { mysqlWorkload } from '../../workloads/mysql/mysql-workload.ts';
import type { PreparedWorkload } from '../../workloads/workload.ts';
import type { Cell, MysqlFactors } from '../foundation/cell.ts';

export interface CellChoice extends Partial<Omit<Cell, 'mysql' | 'load'>> {
  readonly factors?: Partial<MysqlFactors>;
}

/** A small closed cell; what is given replaces its values. */
export function mysqlCell({ factors, ...choice }: CellChoice = {}): Cell {
  const mysql: MysqlFactors = {
    ...{ engine: 'mariadb', insertsPerMinute: 0, aggregation: 10, stringLength: 32, durability: 1 },
    ...{ mode: 'replicated', delivery: 'sequential', nameResolution: false, onPeerLoss: 'fail' },
    ...factors,
  };
  const replicas = choice.replicas ?? 1;
  const ratePerS = (mysql.insertsPerMinute / 60) * replicas;
  return {
    ...{
      env: 'process',
      workload: 'mysql',
      replicas,
      clients: replicas,
      store: 'disk',
      sharedMemory: 'none',
    },
    ...{
      balance: 'round-robin',
      mix: {},
      requests: 100,
      warmupRequests: 0,
      requestTimeoutMs: 5_000,
      faults: [],
    },
    ...choice,
    load: ratePerS === 0 ? { kind: 'closed' } : { kind: 'open', ratePerS },
    mysql,
  };
}

export interface Stage {
  readonly prepared: PreparedWorkload & DatabaseFaults;
  readonly nodes: readonly Node[];
  readonly signal: AbortSignal;
}

export interface CellScript {
  readonly seed?: number;
  /** Once everything has started. */
  readonly beforeDrive?: (stage: Stage) => Promise<void>;
  /** When the measurement begins; awaited before the proof. */
  readonly whileDriven?: (stage: Stage) => Promise<void>;
  /** When the drive is over. */
  readonly beforeVerify?: (stage: Stage) => Promise<void>;
  /** Names of nodes that the script kills. */
  readonly deadNodes?: readonly string[];
}

/** All that a trial of a run does, without the run. */
export async function runMysqlCell(cell: Cell, script: CellScript = {}) {
  const { signal } = new AbortController();
  const dir = await mkdtemp(join(tmpdir(), 'strata-mysql-'));
  const runId = `test-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const scope = { runId, logDir: join(dir, 'logs'), signal, progress: () => undefined };
  try {
    // Another harness of this machine must not take the nodes for what a dead run left.
    await using _live = await registerLiveRun(runId);
    const workload = mysqlWorkload();
    await using environment = await environmentFor(cell.env).open(scope);
    await using started = await environment.start({
      trialId: 't0001',
      nodes: workload.topology(cell),
      signal,
    });
    const { nodes } = started;
    const trial = { trialId: 't0001', cell, seed: script.seed ?? 1, nodes, scratchDir: dir, signal };
    await using prepared = await workload.prepare(trial);
    if (!hasDatabaseFaults(prepared)) throw new Error('the databases cannot be killed');
    const stage: Stage = { prepared, nodes, signal };
    await script.beforeDrive?.(stage);
    let meanwhile: Promise<void> | undefined;
    const spoolPath = join(dir, 'spool');
    const onMeasureStart = () => void (meanwhile = script.whileDriven?.(stage));
    const outcome = await prepared.drive({ spoolPath, onMeasureStart, signal });
    await meanwhile;
    await script.beforeVerify?.(stage);
    const parquetPath = join(dir, 'samples.parquet');
    await spoolToParquet({ spoolPath, parquetPath, trialId: 't0001', operations: workload.operations });
    const metrics = await computeTrialMetrics(parquetPath, cell.load);
    await using samples = await openSamples(parquetPath);
    const deadNodes = new Set(script.deadNodes);
    const verification = await prepared.verify({ samples, deadNodes, signal });
    const rows = await readRows(samples, signal);
    return { outcome, metrics, verification, rows };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const columns = [
  ...[
    'client',
    'sequence',
    'replica',
    'operation',
    'phase',
    'intended_ns',
    'send_ns',
    'done_ns',
    'status',
    'bytes',
  ],
  ...[
    'attempts',
    'local_insert_ns',
    'delivery_ns',
    'delivered_rows',
    'lag_ns',
    'peer_0_ns',
    'peer_1_ns',
    'peer_2_ns',
  ],
] as const;

export type CellRow = Readonly<Record<(typeof columns)[number], number | null>>;

async function readRows(
  samples: Awaited<ReturnType<typeof openSamples>>,
  signal: AbortSignal,
): Promise<CellRow[]> {
  const rows: CellRow[] = [];
  for await (const batch of samples.scan(columns, 'send_ns', signal)) {
    for (let row = 0; row < batch.rowCount; row += 1) {
      const cells = columns.map((name, index) => [name, batch.columns[index]?.[row] ?? null] as const);
      rows.push(Object.fromEntries(cells) as CellRow);
    }
  }
  return rows;
}
