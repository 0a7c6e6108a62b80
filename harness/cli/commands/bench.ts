/** `bench`: from flags to a plan, from the plan to a stored run, from the run to a summary and an exit code. */
import { cpus, totalmem } from 'node:os';
import { environmentFor } from '../../../environments/registry.ts';
import { isLive } from '../../../environments/live-runs.ts';
import { checkWritable, estimateRunBytes } from '../../../results/store/preflight.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { resumeRunDir, type RunDir } from '../../../results/store/run-dir.ts';
import { openWorkloads, type Workloads } from '../../../workloads/registry.ts';
import { StrataError } from '../../foundation/errors.ts';
import { checkPlan } from '../../plan/check.ts';
import { describePlan, planDocument } from '../../plan/describe.ts';
import { expandPlan, type Plan } from '../../plan/expand.ts';
import { readExperimentFile } from '../../plan/experiment-file.ts';
import { pickExperimentFlags } from '../../plan/flag-names.ts';
import { resolveExperiment } from '../../plan/resolve.ts';
import { createRun } from '../../run/create-run.ts';
import { listenForInterrupt } from '../../run/interrupt.ts';
import { executePlan, preflight } from '../../run/run.ts';
import { benchOutput } from '../json/bench-output.ts';
import type { ExitCode } from '../exit-code.ts';
import { openProgress, type ProgressMode } from '../progress/open-progress.ts';
import type { Progress } from '../progress/progress-event.ts';
import { dataDir, findRun } from '../runs/find-run.ts';
import { concludeRun, writeReport } from '../runs/finish-run.ts';
import { readHistory } from '../runs/history.ts';
import { textSummary } from '../summary/text-summary.ts';
import type { Terminal } from '../terminal.ts';

export interface BenchOptions {
  /** Everything commander parsed, for the experiment's flags. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly config: string | undefined;
  readonly out: string | undefined;
  readonly resume: string | undefined;
  readonly dryRun: boolean;
  readonly progress: ProgressMode;
  readonly keepOnFailure: boolean;
  readonly argv: readonly string[];
}

export async function benchCommand(options: BenchOptions, terminal: Terminal): Promise<ExitCode> {
  using workloads = openWorkloads();
  if (options.resume !== undefined) {
    const path = await runToResume(options.resume, options.out ?? dataDir);
    return await carryOut(() => resumeRunDir(path, new Date()), [], options, terminal, workloads);
  }
  const file = options.config === undefined ? {} : { file: await readExperimentFile(options.config) };
  const flags = pickExperimentFlags(options.flags);
  const plan = expandPlan(resolveExperiment({ flags, environment: process.env, ...file }));
  const machine = { memoryBytes: totalmem(), cpuCount: cpus().length };
  const notes = checkPlan(plan, machine, (cell) => workloads.workloadFor(cell.workload).check(cell));
  if (options.dryRun) return await showPlan(plan, options, terminal);
  const baseDir = options.out ?? dataDir;
  await checkWritable(baseDir, neededBytes(plan, workloads));
  // Before there is a run directory: a machine that is not ready has no results.
  await preflight(plan.trials, environmentFor, new AbortController().signal);
  return await carryOut(
    () => createRun(plan, { baseDir, argv: options.argv }),
    notes,
    options,
    terminal,
    workloads,
  );
}

async function showPlan(plan: Plan, options: BenchOptions, terminal: Terminal): Promise<0> {
  const history = await readHistory(options.out ?? dataDir);
  terminal.print(
    terminal.json
      ? JSON.stringify(planDocument(plan, history), null, 2)
      : describePlan(plan, history).trimEnd(),
  );
  return 0;
}

function neededBytes({ trials, cells }: Plan, workloads: Workloads): number {
  const samples = trials.map(({ cell }) => cell.clients * (cell.requests + cell.warmupRequests));
  const columns = cells.map((cell) => workloads.workloadFor(cell.workload).sampleColumns.length);
  return estimateRunBytes(samples, Math.max(0, ...columns));
}

/** @throws StrataError E256 when another process is at that run right now. */
async function runToResume(word: string, baseDir: string): Promise<string> {
  const path = await findRun(word, baseDir);
  const { manifest } = await openRunDir(path);
  if (!isLive(manifest.runId)) return path;
  throw new StrataError({
    code: 'STRATA-E256',
    message: `run ${manifest.runId} is going on right now`,
    fix: 'wait for it to end, or interrupt it first',
  });
}

async function carryOut(
  open: () => Promise<RunDir>,
  notes: readonly { readonly code: string; readonly message: string; readonly advice: string }[],
  options: BenchOptions,
  terminal: Terminal,
  workloads: Workloads,
): Promise<ExitCode> {
  const { path, interrupted } = await run(open, options, terminal, workloads);
  const finished = concludeRun(await openRunDir(path), { interrupted, notes });
  await writeReport(finished);
  const { model, cells, exitCode, pointers } = finished;
  if (terminal.json) {
    const document = benchOutput({ model, cells, exitCode, reportPath: pointers.reportPath });
    terminal.print(JSON.stringify(document, null, 2));
  } else {
    terminal.print(textSummary(model, pointers, terminal));
  }
  return exitCode;
}

/** The run itself, under progress and interrupt; both are gone when the summary is printed. */
async function run(
  open: () => Promise<RunDir>,
  options: BenchOptions,
  terminal: Terminal,
  { workloadFor }: Workloads,
): Promise<{ readonly path: string; readonly interrupted: 130 | 143 | null }> {
  await using progress = await openBenchProgress(options, terminal);
  using interrupt = listenForInterrupt((message) =>
    progress.show({ kind: 'note', level: 'warning', message }),
  );
  const { signal } = interrupt;
  await using runDir = await open();
  const { plan, experiment } = runDir.manifest;
  const retries = typeof experiment['retries'] === 'number' ? experiment['retries'] : 0;
  await preflight(plan, environmentFor, signal);
  const { keepOnFailure } = options;
  await executePlan(runDir, { environmentFor, workloadFor, progress, signal, retries, keepOnFailure });
  return { path: runDir.path, interrupted: interrupt.interrupted?.exitCode ?? null };
}

function openBenchProgress({ progress: mode }: BenchOptions, terminal: Terminal): Promise<Progress> {
  return openProgress(
    {
      mode,
      isQuiet: terminal.quiet,
      isVerbose: terminal.verbose,
      isColorRefused: !terminal.color,
      env: process.env,
    },
    process.stderr,
  );
}
