/**
 * What workload mysql and the others have no use for of each other's keys, and sizes of mysql cells that make no
 * sense together. Only what somebody asked for is refused: a default or a preset for others is no contradiction.
 */
import type { Cell } from '../foundation/cell.ts';
import { placeOf, type Experiment } from './experiment.ts';
import type { PlanNote } from './fault-check.ts';
import type { ExperimentKey } from './flags.ts';
import { isAskedFor, type GivenValue } from './layer.ts';
import { mysqlFlags } from './mysql-flags.ts';
import { planCodes, shown, type Problem } from './problems.ts';

export type Given = ReadonlyMap<ExperimentKey, GivenValue>;

export function mysqlContradictions(experiment: Experiment, given: Given): Problem[] {
  if (!experiment.workload.includes('mysql')) return keysWithoutMysql(experiment, given);
  return [
    ...(experiment.workload.every((name) => name === 'mysql') ? keysWithoutOnset(experiment, given) : []),
    ...instancesWithoutLoop(experiment),
    ...batchesNeverFull(experiment),
  ];
}

function keysWithoutMysql(experiment: Experiment, given: Given): Problem[] {
  return mysqlFlags
    .filter(({ key }) => isAsked(experiment, key))
    .map(({ key }) => {
      const message = `${key}: ${valueOf(given, key)} is a setting of workload mysql, and workload is ${workloadWords(experiment)}`;
      return contradiction(experiment, key, message, `Add mysql to workload, or leave ${key} out.`);
    });
}

/** Why an inserter has no use for a key of ONSET. */
const reasons = {
  mix: 'its only operation is the insert',
  rate: 'its rate is insertsPerMinute, for each instance',
  sharedMemory: 'its instances share nothing but what they send each other',
  balance: 'its loops are dealt out to the instances in turn',
  requestTimeout: 'its inserts are not sent again',
} as const satisfies Partial<Record<ExperimentKey, string>>;

function keysWithoutOnset(experiment: Experiment, given: Given): Problem[] {
  const keys = Object.keys(reasons) as (keyof typeof reasons)[];
  return keys
    .filter((key) => isAsked(experiment, key))
    .filter((key) => key !== 'rate' || experiment.load.kind === 'open')
    .map((key) => {
      const message = `${key}: ${valueOf(given, key)} is a setting of ONSET, and workload is ${workloadWords(experiment)}: ${reasons[key]}`;
      const fix =
        key === 'rate'
          ? 'Write insertsPerMinute (--inserts-per-minute 600) instead.'
          : `Leave ${key} out, or add onset to workload.`;
      return contradiction(experiment, key, message, fix);
    });
}

/** Numbers of clients that nobody asked for are rounded up instead: see mysql-cells.ts. */
function instancesWithoutLoop(experiment: Experiment): Problem[] {
  const { replicas, clients } = experiment;
  const most = Math.max(...replicas);
  const few = clients.filter((count) => count < most);
  if (few.length === 0 || !isAsked(experiment, 'clients')) return [];
  const message = `clients: ${few.join(', ')} ${few.length === 1 ? 'is' : 'are'} fewer than ${most} replicas (${placeOf(experiment, 'replicas')}): with workload mysql they are the insert loops of all instances together, at least one each`;
  const fix = `Allowed with ${most} replicas: at least ${most} clients; or leave clients out.`;
  return [contradiction(experiment, 'clients', message, fix)];
}

/** Run all the same: with a rate, the instances with a loop more take longer than the others. */
export function mysqlNotes(cells: readonly Cell[]): PlanNote[] {
  const uneven = cells.find(
    ({ mysql, load, clients, replicas }) =>
      mysql !== undefined && load.kind === 'open' && clients % replicas !== 0,
  );
  if (uneven === undefined) return [];
  const { clients, replicas } = uneven;
  return [
    {
      code: 'uneven-loops',
      message: `${clients} insert loops on ${replicas} instances: some have a loop more, and at the same inserts per minute take longer than the others`,
      advice: 'Give numbers of clients that are multiples of the replicas, or leave clients out.',
    },
  ];
}

/** A loop that ends before its first batch is full measures no delivery. */
function batchesNeverFull(experiment: Experiment): Problem[] {
  const { mysql, replicas, requests } = experiment;
  const most = Math.max(...mysql.aggregation);
  const isSent = mysql.mode.includes('replicated') && replicas.some((count) => count > 1);
  if (most <= requests || !isSent) return [];
  const key = isAsked(experiment, 'aggregation') ? 'aggregation' : 'requests';
  const message =
    key === 'aggregation'
      ? `aggregation: ${most} is more than the ${requests} inserts that each loop measures (requests, ${placeOf(experiment, 'requests')})`
      : `requests: ${requests} inserts of each loop are fewer than an aggregation of ${most} (${placeOf(experiment, 'aggregation')})`;
  const fix = `Otherwise no batch would be sent while measuring. Allowed: aggregation of at most ${requests}, or at least ${most} requests.`;
  return [contradiction(experiment, key, message, fix)];
}

function isAsked({ origins }: Experiment, key: ExperimentKey): boolean {
  return isAskedFor(origins[key]);
}

function valueOf(given: Given, key: ExperimentKey): string {
  const value = given.get(key)?.value;
  return typeof value === 'string' ? value : shown(value);
}

function workloadWords(experiment: Experiment): string {
  return `${experiment.workload.join(',')} (${placeOf(experiment, 'workload')})`;
}

function contradiction(experiment: Experiment, key: ExperimentKey, message: string, fix: string): Problem {
  return { code: planCodes.contradiction, place: placeOf(experiment, key), message, fix };
}
