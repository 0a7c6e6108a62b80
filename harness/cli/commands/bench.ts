/** `bench`: from flags to a plan, from the plan to a stored run, from the run to a summary and an exit code. */
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { environmentFor as builtEnvironmentFor } from '../../../environments/registry.ts';
import { isLive } from '../../../environments/live-runs.ts';
import { checkWritable, estimateRunBytes } from '../../../results/store/preflight.ts';
import { readNoiseFloors } from '../../../results/store/noise-floor.ts';
import { openRunDir, type StoredRun } from '../../../results/store/open-run.ts';
import { resumeRunDir, type RunDir } from '../../../results/store/run-dir.ts';
import { openWorkloads, type Workloads } from '../../../workloads/registry.ts';
import type { PlannedTrial } from '../../foundation/cell.ts';
import { StrataError } from '../../foundation/errors.ts';
import { checkPlan } from '../../plan/check.ts';
import { describePlan, planDocument } from '../../plan/describe.ts';
import { expandPlan, type Plan } from '../../plan/expand.ts';
import { readExperimentFile } from '../../plan/experiment-file.ts';
import { pickExperimentFlags } from '../../plan/flag-names.ts';
import { resolveExperiment } from '../../plan/resolve.ts';
import { createRun } from '../../run/create-run.ts';
import { listenForInterrupt } from '../../run/interrupt.ts';
import { environmentsOf } from '../../run/open-environments.ts';
import { executePlan, preflight, type RunSetting } from '../../run/run.ts';
import { ask, isSomebodyThere } from '../ask.ts';
import { agreeToBuilds } from '../builds/agree-to-builds.ts';
import { pendingBuilds } from '../builds/pending-builds.ts';
import { compareWith, openBaseline } from '../compare/baseline.ts';
import type { CompareFlags } from '../compare/compare-flags.ts';
import { compareText } from '../compare/compare-text.ts';
import { hasRegression, type KeptComparison } from '../compare/keep-comparison.ts';
import { interruptible } from '../interruptible.ts';
import { benchOutput } from '../json/bench-output.ts';
import type { ExitCode } from '../exit-code.ts';
import { openProgress, type ProgressOptions } from '../progress/open-progress.ts';
import type { Progress } from '../progress/progress-event.ts';
import { dataDir, findRun } from '../runs/find-run.ts';
import { concludeRun, writeReport, type FinishedRun } from '../runs/finish-run.ts';
import { readRunDetails } from '../runs/run-details.ts';
import { readHistory } from '../runs/history.ts';
import { textSummary } from '../summary/text-summary.ts';
import type { Terminal } from '../terminal.ts';

export interface BenchOptions {
  /** Everything commander parsed, for the experiment's flags. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly config: string | undefined;
  readonly out: string | undefined;
  readonly resume: string | undefined;
  /** A run to compare with at the end. */
  readonly baseline: string | undefined;
  readonly compare: CompareFlags;
  readonly dryRun: boolean;
  readonly progress: ProgressOptions['mode'];
  readonly keepOnFailure: boolean;
  readonly isStrict: boolean;
  /** Builds what is missing without asking. */
  readonly yes: boolean;
  readonly argv: readonly string[];
}

type EnvironmentFor = RunSetting['environmentFor'];

/** A run about to begin or to go on. Nothing of it is on disk, or touched there, before `open`. */
interface Undertaking {
  readonly plan: readonly PlannedTrial[];
  /** Doubts about the plan. */
  readonly notes: readonly { readonly code: string; readonly message: string; readonly advice: string }[];
  readonly open: () => Promise<RunDir>;
}

export async function benchCommand(
  options: BenchOptions,
  terminal: Terminal,
  environmentFor: EnvironmentFor = builtEnvironmentFor,
): Promise<ExitCode> {
  const workloads = openWorkloads();
  const setting = { ...workloads, environmentFor };
  if (options.resume !== undefined) {
    const { path, manifest } = await runToResume(options.resume, options.out ?? dataDir);
    const open = () => resumeRunDir(path, new Date());
    return await carryOut({ plan: manifest.plan, notes: [], open }, setting, options, terminal);
  }
  const file = options.config === undefined ? {} : { file: await readExperimentFile(options.config) };
  const flags = pickExperimentFlags(options.flags);
  const plan = expandPlan(resolveExperiment({ flags, environment: process.env, ...file }));
  const machine = { memoryBytes: totalmem(), cpuCount: cpus().length };
  const notes = checkPlan(plan, machine, (cell) => workloads.workloadFor(cell.workload).check(cell));
  if (options.dryRun) return await showPlan(plan, notes, options, terminal);
  const baseDir = options.out ?? dataDir;
  await checkWritable(baseDir, neededBytes(plan, workloads));
  const open = () => createRun(plan, { baseDir, argv: options.argv });
  return await carryOut({ plan: plan.trials, notes, open }, setting, options, terminal);
}

async function showPlan(
  plan: Plan,
  notes: Undertaking['notes'],
  options: BenchOptions,
  terminal: Terminal,
): Promise<0> {
  const history = await readHistory(options.out ?? dataDir);
  terminal.print(
    terminal.json
      ? JSON.stringify(planDocument(plan, history, notes), null, 2)
      : describePlan(plan, history, notes).trimEnd(),
  );
  return 0;
}

function neededBytes({ trials, cells }: Plan, workloads: Workloads): number {
  const samples = trials.map(({ cell }) => cell.clients * (cell.requests + cell.warmupRequests));
  const columns = cells.map((cell) => workloads.workloadFor(cell.workload).sampleColumns.length);
  return estimateRunBytes(samples, Math.max(0, ...columns));
}

/** @throws StrataError E256 when another process is at that run right now. */
async function runToResume(word: string, baseDir: string): Promise<StoredRun> {
  const run = await openRunDir(await findRun(word, baseDir));
  const { manifest } = run;
  if (!isLive(manifest.runId)) return run;
  throw new StrataError({
    code: 'STRATA-E256',
    message: `run ${manifest.runId} is going on right now`,
    fix: 'wait for it to end, or interrupt it first',
  });
}

type BenchSetting = Pick<RunSetting, 'environmentFor' | 'workloadFor'>;

async function carryOut(
  undertaking: Undertaking,
  setting: BenchSetting,
  options: BenchOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const baseline = await openBaseline(options.baseline, options.compare, options.out ?? dataDir);
  // Before there is a run directory, or one is touched: a machine that is not ready has no results.
  await interruptible(
    (signal) => makeReady(undertaking.plan, setting, options, terminal, signal),
    terminal.say,
  );
  const { path, interrupted } = await run(undertaking.open, setting, options, terminal);
  const stored = await openRunDir(path);
  const finished = concludeRun(stored, {
    interrupted,
    notes: undertaking.notes,
    noiseFloors: await readNoiseFloors(dirname(path)),
    details: await readRunDetails(stored),
    isStrict: options.isStrict,
  });
  await writeReport(finished);
  const comparison = interrupted === null ? await compareWith(baseline, stored) : null;
  return show(finished, comparison, terminal);
}

function show(
  { model, cells, exitCode: ownCode, pointers }: FinishedRun,
  comparison: KeptComparison | null,
  terminal: Terminal,
): ExitCode {
  const exitCode = ownCode === 0 && comparison !== null && hasRegression(comparison.report) ? 11 : ownCode;
  if (terminal.json) {
    const document = benchOutput({ model, cells, exitCode, reportPath: pointers.reportPath, comparison });
    terminal.print(JSON.stringify(document, null, 2));
    return exitCode;
  }
  terminal.print(textSummary(model, pointers, terminal));
  if (comparison !== null) terminal.print(`\n${compareText(comparison.report, comparison.page, terminal)}`);
  return exitCode;
}

/** Checks the machine, and says what the run will build on it before the first trial. */
async function makeReady(
  plan: readonly PlannedTrial[],
  { environmentFor }: BenchSetting,
  { yes }: BenchOptions,
  { say, columns }: Terminal,
  signal: AbortSignal,
): Promise<void> {
  await preflight(plan, environmentFor, signal);
  await agreeToBuilds(await pendingBuilds(environmentsOf(plan), signal), {
    isAgreed: yes,
    isInteractive: isSomebodyThere(),
    columns,
    say,
    ask: (text) => ask({ text, byDefault: true, signal }),
  });
}

/** The run itself, under progress and interrupt; both are gone when the summary is printed. */
async function run(
  open: () => Promise<RunDir>,
  setting: BenchSetting,
  options: BenchOptions,
  terminal: Terminal,
): Promise<{ readonly path: string; readonly interrupted: 130 | 143 | null }> {
  await using progress = await openBenchProgress(options, terminal);
  using interrupt = listenForInterrupt((message) =>
    progress.show({ kind: 'note', level: 'warning', message }),
  );
  const { signal } = interrupt;
  await using runDir = await open();
  const { experiment } = runDir.manifest;
  const retries = typeof experiment['retries'] === 'number' ? experiment['retries'] : 0;
  const { keepOnFailure } = options;
  await executePlan(runDir, { ...setting, progress, signal, retries, keepOnFailure });
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
