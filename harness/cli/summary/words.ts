/** Sentences of the report: what was measured, how, and on what. Pure. */
import { splitFactors } from '../../../analysis/report/cell-label.ts';
import { counted, grouped } from '../../../analysis/report/numbers.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { bootModes, type BootMode, type Cell, type MysqlFactors } from '../../foundation/cell.ts';

const environments: Readonly<Record<Cell['env'], string>> = {
  process: 'as plain processes of this host, without isolation',
  docker: 'in containers on this host',
  'docker-vm': 'in containers inside one virtual machine',
  vm: 'in one virtual machine per node',
};

const memories: Readonly<Record<Cell['sharedMemory'], string>> = {
  embedded: 'the embedded store inside the harness (not etcd)',
  etcd: 'etcd',
  none: 'none',
};

export function cellsOf(manifest: Manifest): readonly Cell[] {
  return [...new Map(manifest.plan.map(({ cellKey, cell }) => [cellKey, cell])).values()];
}

/** What was measured, plainly: somebody who has read nothing else understands what ran and what was asked of it. */
export function measuredWords(manifest: Manifest): readonly string[] {
  const cells = cellsOf(manifest);
  const trials = Math.round(manifest.plan.length / Math.max(1, cells.length));
  const asking = cells.filter(({ mysql }) => mysql === undefined);
  const inserting = cells.filter(({ mysql }) => mysql !== undefined);
  return [
    ...(asking.length === 0 ? [] : onsetWords(asking)),
    ...(inserting.length === 0 ? [] : inserterWords(inserting)),
    `${counted(cells.length, 'cell')}, ${counted(trials, 'trial')} each, every trial on fresh nodes, in seeded random order.`,
    ...bootWords(cells),
    ...faultWords(cells),
  ];
}

function onsetWords(cells: readonly Cell[]): string[] {
  const each = eachOf(cells);
  const memory = each(({ sharedMemory }) => memories[sharedMemory]).join(' and ');
  const loads = each(({ load }) =>
    load.kind === 'closed' ? 'in a closed loop' : `at ${grouped(load.ratePerS)} requests/s in an open loop`,
  );
  const replicas = amounts(
    each((cell) => cell.replicas),
    'replica',
  );
  const clients = amounts(
    each((cell) => cell.clients),
    'client',
  );
  return [
    `${each(({ workload }) => workload).join(' and ')} with ${replicas}, run ${placesOf(cells)}; the shared memory was ${memory}.`,
    `${clients} over HTTP, one connection each, ${loads.join(' and ')}, ${amountsEach(cells, 'measured request', 'client')}.`,
  ];
}

function inserterWords(cells: readonly Cell[]): string[] {
  const factors = cells.flatMap(({ mysql }) => mysql ?? []);
  const engines = [...new Set(factors.map(({ engine }) => engine))].join(' and ');
  const rates = [...new Set(factors.map(({ insertsPerMinute }) => insertsPerMinute))];
  const each = eachOf(cells);
  const instances = amounts(
    each(({ replicas }) => replicas),
    'instance',
  );
  const loops = amounts(
    each(({ clients }) => clients),
    'insert loop',
  );
  return [
    `mysql with ${instances}, run ${placesOf(cells)}; each instance has a ${engines} database of its own.`,
    `${loops} of all instances together, ${rateWords(rates)}, ${amountsEach(cells, 'measured insert', 'loop')}.`,
    deliveryWords(factors),
  ];
}

function rateWords(rates: readonly number[]): string {
  const paced = rates.filter((rate) => rate > 0);
  return [
    ...(paced.length === 0 ? [] : [`at ${list(paced)} inserts a minute and instance`]),
    ...(paced.length === rates.length ? [] : ['as fast as possible']),
  ].join(' or ');
}

function deliveryWords(factors: readonly MysqlFactors[]): string {
  const sending = factors.filter(({ mode }) => mode === 'replicated');
  const baseline = 'nothing is sent to other instances (baseline)';
  if (sending.length === 0) return `A cycle is one insert into the local database; ${baseline}.`;
  const sizes = list([...new Set(sending.map(({ aggregation }) => aggregation))]);
  const also = sending.length === factors.length ? '' : `; in baseline cells ${baseline}`;
  return `A cycle is one insert into the local database; after every ${sizes} the gathered tuples are sent to every other one${also}.`;
}

function eachOf(cells: readonly Cell[]) {
  return <T>(pick: (cell: Cell) => T): T[] => [...new Set(cells.map(pick))];
}

function placesOf(cells: readonly Cell[]): string {
  return eachOf(cells)(({ env }) => environments[env]).join(', or ');
}

/** `50 measured requests a client after 10 of warm-up`. */
function amountsEach(cells: readonly Cell[], noun: string, who: string): string {
  const each = eachOf(cells);
  const measured = amounts(
    each(({ requests }) => requests),
    noun,
  );
  return `${measured} a ${who} after ${list(each(({ warmupRequests }) => warmupRequests))} of warm-up`;
}

const bootTexts: Readonly<Record<BootMode, string>> = {
  warm: 'woken from a prepared one (warm)',
  cold: 'booted from nothing (cold)',
};

function bootWords(cells: readonly Cell[]): string[] {
  const modes = bootModes.filter((mode) => cells.some(({ boot }) => boot === mode));
  return modes.length === 0 ? [] : [`Machines were ${modes.map((mode) => bootTexts[mode]).join(', or ')}.`];
}

function faultWords(cells: readonly Cell[]): string[] {
  const faults = splitFactors(cells).constant.find(([name]) => name === 'faults')?.[1] ?? 'several';
  return faults === 'none' ? [] : [`Faults injected while measuring: ${faults}.`];
}

function list(values: readonly number[]): string {
  return [...values]
    .sort((a, b) => a - b)
    .map(grouped)
    .join(', ');
}

/** `1 replica`, `1, 3, 5 replicas`. */
function amounts(values: readonly number[], noun: string): string {
  return `${list(values)} ${noun}${values.length === 1 && values[0] === 1 ? '' : 's'}`;
}
