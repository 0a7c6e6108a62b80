/**
 * The load generator against its own parts. Bare autocannon, with the same settings in the same kind of process, says
 * what recording costs: there the server does nothing, so that the generator is the limit. wrk says whether latencies
 * are true: there every answer costs the server some CPU, because in a closed loop whose limit is the generator, the
 * latency is the generator's own. All drive their server in turn, in several rounds, so that a busy moment hits each
 * alike.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { computeTrialMetrics } from '../../../analysis/trial-metrics.ts';
import { spoolToParquet } from '../../../results/sample/parquet.ts';
import { roomForGarbage, runDriver } from '../../../workloads/http-load/driver-process.ts';
import { defaultStallTimeoutMs } from '../../../workloads/http-load/plan.ts';
import { onsetColumns, onsetOperations } from '../../../workloads/onset/codec.ts';
import { bundle } from '../../foundation/bundle.ts';
import { deferred } from '../../foundation/deferred.ts';
import type { BareOrder } from '../processes/bare-autocannon.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const connections = 16;
const requestsPerConnection = 15_000;
const rounds = 5;
const wrkSeconds = 3;
/** Less than a replica takes for a request, more than either generator does. */
const serviceUs = 100;
const servedPerConnection = 1_500;

interface Round {
  readonly barePerS: number;
  readonly recordedPerS: number;
  readonly recordedP50Ms: number;
  readonly recordedP99Ms: number;
  readonly wrkP50Ms: number;
  readonly wrkP99Ms: number;
}

/** Three ratios out of the same rounds; measured once, whichever is asked for. */
export function driverMeasures(): readonly Measure[] {
  let measured: Promise<readonly Round[]> | undefined;
  const roundsOf = (bench: BenchScope) => (measured ??= measureRounds(bench));
  return [
    {
      id: 'recording-overhead',
      target: 0.05,
      direction: 'max',
      unit: 'share of throughput',
      what: 'throughput lost to ids, decoding and recording, against bare autocannon, 16 connections',
      async measure(bench) {
        const all = await roundsOf(bench);
        const [bare, recorded] = [of(all, 'barePerS'), of(all, 'recordedPerS')];
        const value = median(all.map((round) => 1 - round.recordedPerS / round.barePerS));
        return {
          value,
          detail: `bare ${bare.toFixed(0)}/s, recorded ${recorded.toFixed(0)}/s, ${rounds} rounds`,
        };
      },
    },
    againstWrk('p50-vs-wrk', 0.05, 'recordedP50Ms', 'wrkP50Ms', roundsOf),
    againstWrk('p99-vs-wrk', 0.15, 'recordedP99Ms', 'wrkP99Ms', roundsOf),
  ];
}

function againstWrk(
  id: string,
  target: number,
  ours: keyof Round,
  wrks: keyof Round,
  roundsOf: (bench: BenchScope) => Promise<readonly Round[]>,
): Measure {
  return {
    id,
    target,
    direction: 'max',
    unit: 'relative difference',
    what: `latency as recorded against wrk -t1 -c${connections}, same server with ${serviceUs} µs of service`,
    async measure(bench) {
      const all = await roundsOf(bench);
      const [own, reference] = [of(all, ours), of(all, wrks)];
      const detail = `recorded ${own.toFixed(3)} ms, wrk ${reference.toFixed(3)} ms, median of ${rounds} rounds`;
      return { value: Math.abs(own - reference) / reference, detail };
    },
  };
}

function of(all: readonly Round[], key: keyof Round): number {
  return median(all.map((round) => round[key]));
}

async function measureRounds(bench: BenchScope): Promise<readonly Round[]> {
  const root = join(import.meta.dirname, '..', '..', '..');
  const entries = {
    'static-server': 'harness/self-bench/processes/static-server.ts',
    'bare-autocannon': 'harness/self-bench/processes/bare-autocannon.ts',
    'recorded-driver': 'workloads/onset/driver-main.ts',
  };
  const script = (name: keyof typeof entries) => join(bench.scratchDir, `${name}.cjs`);
  await Promise.all(
    (['static-server', 'bare-autocannon', 'recorded-driver'] as const).map((name) =>
      bundle(join(root, entries[name]), script(name)),
    ),
  );
  const idle = fork(script('static-server'));
  const serving = fork(script('static-server'), ['--service-us', String(serviceUs)]);
  try {
    const ports = { idle: Number(await nextMessage(idle)), serving: Number(await nextMessage(serving)) };
    const all: Round[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      bench.say(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
      const measured = await measureRound(script('bare-autocannon'), script('recorded-driver'), ports, bench);
      // The first round warms the servers' JIT and is not counted.
      if (round > 0) all.push(measured);
    }
    return all;
  } finally {
    idle.kill();
    serving.kill();
  }
}

async function measureRound(
  bareScript: string,
  driverScript: string,
  ports: { readonly idle: number; readonly serving: number },
  bench: BenchScope,
): Promise<Round> {
  const barePerS = await bare(bareScript, ports.idle);
  const { throughputPerS } = await record(driverScript, ports.idle, requestsPerConnection, bench);
  const { latencyMs } = await record(driverScript, ports.serving, servedPerConnection, bench);
  const wrk = await runWrk(ports.serving, bench.signal);
  const [recordedP50Ms, recordedP99Ms] = [latencyMs.p50 ?? Number.NaN, latencyMs.p99 ?? Number.NaN];
  return { barePerS, recordedPerS: throughputPerS, recordedP50Ms, recordedP99Ms, ...wrk };
}

async function bare(script: string, port: number): Promise<number> {
  const child = fork(script, [], { execArgv: roomForGarbage });
  try {
    await nextMessage(child);
    const order: BareOrder = {
      url: `http://127.0.0.1:${port}`,
      connections,
      amount: connections * requestsPerConnection,
    };
    child.send(order);
    return Number(await nextMessage(child));
  } finally {
    child.kill();
  }
}

async function record(script: string, port: number, requests: number, { scratchDir, signal }: BenchScope) {
  const roundDir = await mkdtemp(join(scratchDir, 'round-'));
  const spoolPath = join(roundDir, 'spool');
  const parquetPath = join(roundDir, 'driver.parquet');
  await runDriver({
    script,
    plan: {
      targets: [{ name: 'static', host: '127.0.0.1', port }],
      clients: connections,
      balance: 'round-robin',
      seed: 1,
      load: { kind: 'closed' },
      warmupRequests: 0,
      requests,
      requestTimeoutMs: 5_000,
      stallTimeoutMs: defaultStallTimeoutMs,
      operations: onsetOperations.map((name) => ({ name, weight: 1 })),
      sampleColumns: onsetColumns,
      spoolPath,
    },
    onMeasureStart: () => undefined,
    signal,
  });
  await spoolToParquet({ spoolPath, parquetPath, trialId: 'driver', operations: onsetOperations });
  const metrics = await computeTrialMetrics(parquetPath, { kind: 'closed' });
  if (metrics === null) throw new Error('the static server answered nothing');
  return metrics;
}

async function runWrk(port: number, cancelSignal: AbortSignal) {
  const words = ['-t1', `-c${connections}`, `-d${wrkSeconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  const { stdout } = await execa('wrk', words, { cancelSignal });
  return { wrkP50Ms: wrkQuantileMs(stdout, 50), wrkP99Ms: wrkQuantileMs(stdout, 99) };
}

/** Reads `     99%    1.23ms` out of wrk's report. */
export function wrkQuantileMs(report: string, percent: number): number {
  const match = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)\\s*$`, 'm').exec(report);
  const scale = { us: 1e-3, ms: 1, s: 1e3 }[match?.[2] ?? ''] ?? Number.NaN;
  return Number(match?.[1]) * scale;
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  const message = deferred<unknown>();
  child.once('message', message.resolve);
  child.once('exit', (code) =>
    message.reject(new Error(`a process of the benchmark ended with ${String(code)}`)),
  );
  return message.promise;
}
