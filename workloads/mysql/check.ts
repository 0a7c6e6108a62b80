/** The nodes of a mysql cell, and the cells that cannot be run. Non-goal: starting anything. */
import type { Node, NodeSpec } from '../../environments/environment.ts';
import type { Cell, MysqlFactors } from '../../harness/foundation/cell.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { CellProblem } from '../workload.ts';
import { parametersPerRow } from './schema.ts';

const maxInstances = 15;
const maxLoops = 64;
/** Placeholders of one prepared statement are counted in 16 bits. */
const maxAggregation = Math.floor(65_535 / parametersPerRow);
/** A row of a table holds 65 535 bytes at most, and a batch has to be sent as one packet. */
const maxStringLength = 16_000;

export function mysqlTopology(cell: Cell): readonly NodeSpec[] {
  return Array.from({ length: cell.replicas }, (_unused, index) => ({
    name: nodeName(index),
    storage: cell.store,
    ...(cell.cpus === undefined ? {} : { cpus: cell.cpus }),
    ...(cell.memoryBytes === undefined ? {} : { memoryBytes: cell.memoryBytes }),
  }));
}

/** Name of the node of a 0-based instance. */
export function nodeName(instance: number): string {
  return `db-${instance + 1}`;
}

/** The nodes by instance; an environment may hand them over in any order. */
export function assignNodes(nodes: readonly Node[], cell: Cell): readonly Node[] {
  return Array.from({ length: cell.replicas }, (_unused, index) => {
    const node = nodes.find(({ name }) => name === nodeName(index));
    if (node !== undefined) return node;
    throw new StrataError({
      code: 'STRATA-E540',
      message: `the environment started ${nodes.map(({ name }) => name).join(', ')}, not ${nodeName(index)}`,
      fix: 'this is a bug in the environment: report it with the run directory',
    });
  });
}

/** @throws StrataError E540 when a cell of another workload is handed to this one */
export function factorsOf(cell: Cell): MysqlFactors {
  if (cell.mysql !== undefined) return cell.mysql;
  throw new StrataError({
    code: 'STRATA-E540',
    message: `a cell of workload ${cell.workload} has no factors of workload mysql`,
    fix: 'this is a bug in the plan: report it with the command line you used',
  });
}

/** Whether instances send each other anything. */
export function isReplicated(cell: Cell): boolean {
  return cell.mysql?.mode === 'replicated' && cell.replicas > 1;
}

export function checkMysqlCell(cell: Cell): readonly CellProblem[] {
  const { replicas, clients, requests, mysql } = cell;
  if (mysql === undefined)
    return [{ key: 'workload', given: cell.workload, allowed: 'a cell with the factors of workload mysql' }];
  const { aggregation, stringLength, insertsPerMinute } = mysql;
  const problems: CellProblem[] = [];
  const require = (met: boolean, key: string, given: number | string, allowed: string) => {
    if (!met) problems.push({ key, given: String(given), allowed });
  };
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  require(whole(replicas, 1, maxInstances), 'replicas', replicas, `a whole number from 1 to ${maxInstances}`);
  require(whole(
    clients,
    replicas,
    maxLoops,
  ), 'clients', clients, `a whole number from ${replicas} (one insert loop for each instance) to ${maxLoops}`);
  require(whole(requests, 1, 2 ** 31 - 1 - cell.warmupRequests), 'requests', requests, 'at least 1');
  require(whole(
    stringLength,
    1,
    maxStringLength,
  ), 'stringLength', stringLength, `1 to ${maxStringLength} letters`);
  require(insertsPerMinute >= 0, 'insertsPerMinute', insertsPerMinute, '0 (as fast as possible) or more');
  require(whole(
    aggregation,
    1,
    maxAggregation,
  ), 'aggregation', aggregation, `a whole number from 1 to ${maxAggregation}`);
  require(!isReplicated(cell) ||
    aggregation <=
      requests, 'aggregation', aggregation, `at most ${requests}, the inserts of a loop: with more nothing would ever be delivered`);
  return problems;
}
