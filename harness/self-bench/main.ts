/**
 * `npm run bench:self`: what strata promises of itself, as ratios measured side by side in one run. Prints a table or
 * `--json`, and keeps the figures under `results/bench-self/`. Non-goal: being a test; a machine may be busy.
 */
import { setMaxListeners } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, hostname, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { causeChain } from '../foundation/errors.ts';
import { batchedMeasures } from './measures/batched.ts';
import { dockerMachineReady } from './measures/docker-machine.ts';
import { dockerTrialOverhead } from './measures/docker-overhead.ts';
import { driverMeasures } from './measures/driver.ts';
import { firstContact } from './measures/first-contact.ts';
import { machineMeasures } from './measures/machines.ts';
import { mysqlPeerCost } from './measures/mysql-peer-cost.ts';
import { mysqlSpeedMeasures } from './measures/mysql-speed.ts';
import { onsetLatency } from './measures/onset-latency.ts';
import { reportMeasures } from './measures/report.ts';
import { statsVsReference } from './measures/statistics.ts';
import { testsGrid } from './measures/statistics-grid.ts';
import { judge, type BenchScope, type Measure, type Ratio } from './ratio.ts';

const measures: readonly Measure[] = [
  ...driverMeasures(),
  onsetLatency,
  ...batchedMeasures,
  dockerTrialOverhead,
  ...machineMeasures(),
  testsGrid,
  dockerMachineReady,
  ...reportMeasures(),
  ...mysqlSpeedMeasures(),
  mysqlPeerCost,
  firstContact,
  statsVsReference,
];

interface Outcome {
  readonly ratios: readonly Ratio[];
  /** Measures that could not be made, with the reason. */
  readonly failures: readonly { readonly id: string; readonly because: readonly string[] }[];
  /** Measures that an interruption kept from being made. */
  readonly notMade: readonly string[];
}

async function main(): Promise<void> {
  const command = new Command('bench:self')
    .option('--only <ids>', 'comma-separated ids of the ratios to measure')
    .option('--json', 'print one JSON document on stdout')
    .option('--list', 'say what each ratio compares')
    .parse();
  const options = command.opts<{ only?: string; json?: true; list?: true }>();
  if (options.list === true) {
    process.stdout.write(measures.map(({ id, what }) => `${id}\n    ${what}\n`).join(''));
    return;
  }
  const outcome = await measureAll(chosen(options.only, command));
  const document = { host: hostFacts(), ...outcome };
  const file = await keep(document);
  process.stdout.write(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : table(outcome));
  process.stderr.write(`kept in ${file}\n`);
  if (outcome.notMade.length > 0) {
    process.stderr.write(`interrupted: ${outcome.notMade.join(', ')} not measured\n`);
    process.exitCode = 130;
  } else if (outcome.failures.length > 0) process.exitCode = 1;
}

function chosen(only: string | undefined, command: Command): readonly Measure[] {
  if (only === undefined) return measures;
  return only.split(',').map((id) => {
    const measure = measures.find((known) => known.id === id.trim());
    if (measure !== undefined) return measure;
    return command.error(`unknown ratio ${id}; known: ${measures.map((known) => known.id).join(', ')}`, {
      exitCode: 2,
    });
  });
}

/** One after the other. An interruption ends the measure in flight; what was measured before it is kept. */
async function measureAll(wanted: readonly Measure[]): Promise<Outcome> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new Error('interrupted')));
  }
  const scratchDir = await mkdtemp(join(tmpdir(), 'strata-bench-self-'));
  const ratios: Ratio[] = [];
  const failures: { id: string; because: readonly string[] }[] = [];
  let ended = 0;
  try {
    for (const measure of wanted) {
      const made = await measureOne(measure, { scratchDir, signal: controller.signal });
      if (made === null) break;
      if ('value' in made) ratios.push(made);
      else failures.push(made);
      ended += 1;
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
  return { ratios, failures, notMade: wanted.slice(ended).map(({ id }) => id) };
}

/** The ratio, or why there is none; null when it was interrupted. */
async function measureOne(measure: Measure, scope: Omit<BenchScope, 'say'>) {
  const say = (line: string) => void process.stderr.write(`${measure.id}: ${line}\n`);
  try {
    say(measure.what);
    return judge(measure, await measure.measure({ ...scope, say }));
  } catch (error) {
    return scope.signal.aborted ? null : { id: measure.id, because: causeChain(error) };
  }
}

function hostFacts() {
  const [cpu] = cpus();
  return {
    hostname: hostname(),
    kernel: release(),
    cpuModel: cpu?.model ?? 'unknown',
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    nodeVersion: process.version,
  };
}

async function keep(document: object): Promise<string> {
  const directory = join(import.meta.dirname, '..', '..', 'results', 'bench-self');
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
  return file;
}

function table({ ratios, failures }: Outcome): string {
  const rows = ratios.map(({ id, value, target, direction, unit, pass, detail }) => {
    const bound = `${direction === 'max' ? '≤' : '≥'} ${target}`;
    return `${pass ? 'pass' : 'MISS'}  ${id.padEnd(24)} ${value.toFixed(3).padStart(8)}  ${bound.padEnd(7)} ${unit}\n      ${detail}\n`;
  });
  const failed = failures.map(({ id, because }) => `FAIL  ${id}: ${because.join(': ')}\n`);
  return [...rows, ...failed].join('');
}

await main();
