/** Doubts about a measurement, each with what to do about it. Pure: from the stored records to typed warnings. */
import { invalidTrials, usableTrials } from '../../../analysis/attempts.ts';
import { counted } from '../../../analysis/report/numbers.ts';
import type { Warning } from '../../../analysis/report/report-model.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import type { Cell } from '../../foundation/cell.ts';
import { nodeCount } from '../../plan/experiment.ts';
import { contentionNotes } from '../../plan/machine-check.ts';
import { bootRetries } from '../../run/boots.ts';
import { qualityWarnings } from './quality-warnings.ts';

/** Below this many trials an interval over trials is a formality. */
const fewTrials = 5;

/** @param final - the attempt that decides each trial. */
export function warningsAbout(
  manifest: Manifest,
  final: readonly TrialRecord[],
  records: readonly TrialRecord[],
): readonly Warning[] {
  const cells = [...new Map(manifest.plan.map(({ cellKey, cell }) => [cellKey, cell])).values()];
  return [
    ...leftOut(final),
    ...embeddedStore(cells),
    ...trialCount(manifest, final),
    ...contention(cells, manifest.host.cpuCount),
    ...closedLoop(cells),
    ...unanswered(final),
    ...missingQuantile(final),
    ...qualityWarnings(final),
    ...retried(records),
    ...bootedAgain(records),
  ];
}

function leftOut(final: readonly TrialRecord[]): Warning[] {
  const trials = invalidTrials(final);
  if (trials.length === 0) return [];
  const reasons = trials.flatMap(({ invalid }) => invalid);
  const known = invalidities.find(({ begin }) => reasons.some((reason) => reason.startsWith(begin)));
  return [
    {
      code: known?.code ?? 'invalid-trials',
      message: `${counted(trials.length, 'trial')} left out of every figure: ${[...new Set(reasons)].slice(0, 3).join('; ')}`,
      advice: known?.advice ?? 'see the trials in the report; repeat the run when the reason is gone',
    },
  ];
}

/** By how the reason begins; the first that occurs names the warning. */
const invalidities = [
  {
    begin: 'driver saturated',
    code: 'driver-saturated',
    advice: 'the load generator was part of what was measured: fewer clients, a lower rate, or more cores',
  },
  {
    begin: 'hidden silence',
    code: 'coordinated-omission',
    advice:
      'the generator stood still together with the system: fewer clients, a lower rate, or a quieter machine',
  },
  {
    begin: 'clock',
    code: 'clock-disagrees',
    advice: 'the clocks of the nodes could not be mapped to that of the host: see the logs of the nodes',
  },
  {
    begin: 'achieved',
    code: 'missed-rate',
    advice:
      'what was asked for was more than could be had: a lower --rate or --inserts-per-minute; or --requests so few that the last answer weighs: raise them',
  },
] as const;

function embeddedStore(cells: readonly Cell[]): Warning[] {
  if (!cells.some(({ sharedMemory }) => sharedMemory === 'embedded')) return [];
  return [
    {
      code: 'embedded-store',
      message:
        'the shared memory was the embedded store inside the harness, which is not etcd: it keeps nothing on disk',
      advice:
        'for figures to compare with others: --shared-memory etcd (needs the Debian package etcd-server)',
    },
  ];
}

function trialCount(manifest: Manifest, final: readonly TrialRecord[]): Warning[] {
  const keys = new Set(manifest.plan.map(({ cellKey }) => cellKey));
  const valid = usableTrials(final);
  const perCell = [...keys].map((key) => valid.filter(({ cellKey }) => cellKey === key).length);
  const least = Math.min(...perCell.filter((count) => count > 0));
  if (!Number.isFinite(least) || least >= fewTrials) return [];
  return [
    {
      code: 'few-trials',
      message:
        least < 2
          ? 'a cell has one usable trial only: there is no interval, and nothing tells chance from effect'
          : `a cell has ${least} usable trials only: its interval is wide and rests on few values`,
      advice: `--trials ${fewTrials} or more; the unit of inference is the trial, not the request`,
    },
  ];
}

function contention(cells: readonly Cell[], cpuCount: number): Warning[] {
  const machines = contentionNotes(cells, cpuCount);
  const most = Math.max(0, ...cells.filter(({ env }) => env !== 'vm').map(nodeCount));
  if (most <= cpuCount) return machines;
  return [
    ...machines,
    {
      code: 'cpu-contention',
      message: `up to ${most} nodes and the load generator shared ${counted(cpuCount, 'core')}: more replicas also means less CPU for each`,
      advice: 'compare cells of equal size, set --limits, or use a machine with more cores than nodes',
    },
  ];
}

function closedLoop(cells: readonly Cell[]): Warning[] {
  const closed = cells.filter(({ load }) => load.kind === 'closed');
  if (closed.length === 0) return [];
  const flags = [
    ...(closed.some(({ mysql }) => mysql === undefined) ? ['--rate'] : []),
    ...(closed.some(({ mysql }) => mysql !== undefined) ? ['--inserts-per-minute'] : []),
  ];
  return [
    {
      code: 'closed-loop',
      message:
        'closed loop: a client waits for its answer before it sends again, so a slow system is asked less often',
      advice: `read latencies as service under this many clients; for latency at a given demand use ${flags.join(' or ')}`,
    },
  ];
}

function unanswered(final: readonly TrialRecord[]): Warning[] {
  const total = final.reduce((sum, { metrics }) => sum + (metrics?.unanswered ?? 0), 0);
  const resent = final.reduce((sum, { metrics }) => sum + (metrics?.resent ?? 0), 0);
  if (total === 0 && resent === 0) return [];
  const words = [
    ...(total === 0 ? [] : [`${counted(total, 'request')} never answered: no latency can stand for them`]),
    ...(resent === 0 ? [] : [`${counted(resent, 'request')} sent more than once`]),
  ];
  return [
    {
      code: 'unanswered-requests',
      message: words.join('; '),
      advice: 'look at the faults and the node logs, or raise --request-timeout',
    },
  ];
}

function missingQuantile(final: readonly TrialRecord[]): Warning[] {
  const isMissing = usableTrials(final).some(({ metrics }) => metrics?.latencyMs.p99 === null);
  if (!isMissing) return [];
  return [
    {
      code: 'too-few-samples',
      message: 'a trial has too few requests for p99, which is therefore not given',
      advice: 'raise --requests: a bound on p99 needs 368 requests in a trial, on p95 72, on p50 6',
    },
  ];
}

function retried(records: readonly TrialRecord[]): Warning[] {
  const again = records.filter(({ attempt }) => attempt > 1).length;
  if (again === 0) return [];
  return [
    {
      code: 'retried-trials',
      message: `${counted(again, 'attempt')} was a repetition of a failed one; every attempt is kept and listed`,
      advice: 'a trial that fails now and then is a finding: read its causes before trusting the rest',
    },
  ];
}

function bootedAgain(records: readonly TrialRecord[]): Warning[] {
  const retries = records.flatMap(bootRetries);
  const [first] = retries;
  if (first === undefined) return [];
  return [
    {
      code: 'boot-retried',
      message: `${counted(retries.length, 'machine')} did not come up at the first attempt: ${first}`,
      advice: 'serial.log in the directory of that node under logs/ says how far each boot came',
    },
  ];
}
