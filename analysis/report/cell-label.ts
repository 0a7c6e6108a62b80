/** A cell in words. The embedded store is always named, because it is not etcd and must not pass for it. */
import type { Cell, Fault } from '../../harness/foundation/cell.ts';
import { mysqlFactorTexts, mysqlLabel } from './mysql-factors.ts';
import { bytes, counted, grouped } from './numbers.ts';

/** `process, onset, embedded store, 3 replicas, 16 clients`: enough to tell the cells of most runs apart. */
export function cellLabel(cell: Cell): string {
  return [
    cell.env,
    cell.workload,
    ...(cell.sharedMemory === 'none' ? [] : [`${cell.sharedMemory} store`]),
    counted(cell.replicas, 'replica'),
    counted(cell.clients, 'client'),
    ...(cell.mysql === undefined ? [] : mysqlLabel(cell.mysql)),
    ...(cell.cpus === undefined ? [] : [`${cell.cpus} CPUs/node`]),
    ...(cell.memoryBytes === undefined ? [] : [`${bytes(cell.memoryBytes)}/node`]),
    ...(cell.boot === undefined ? [] : [`${cell.boot} boot`]),
  ].join(', ');
}

/** The factors every table shows. */
export const mainFactors = ['env', 'workload', 'shared memory', 'replicas', 'clients'] as const;

type FactorText = (cell: Cell) => string | undefined;

/** Cells of workload mysql carry these settings, and nothing heeds them there; their load is said by inserts/min. */
function ofOnset(text: (cell: Cell) => string): FactorText {
  return (cell) => (cell.mysql === undefined ? text(cell) : undefined);
}

/** In the order they are shown; undefined where a cell does not have the factor. */
const factorTexts: ReadonlyMap<string, FactorText> = new Map<string, FactorText>([
  // Of a page over several runs; a cell does not know its run.
  ['run', () => undefined],
  ['env', ({ env }) => env],
  ['boot', ({ boot }) => boot],
  ['label', ({ label }) => label],
  ['workload', ({ workload }) => workload],
  ['shared memory', ofOnset(({ sharedMemory }) => sharedMemory)],
  ['store', ({ store }) => store],
  ['replicas', ({ replicas }) => String(replicas)],
  ['clients', ({ clients }) => grouped(clients)],
  ...mysqlFactorTexts,
  [
    'load',
    ofOnset(({ load }) =>
      load.kind === 'closed' ? 'closed loop' : `open loop, ${grouped(load.ratePerS)}/s`,
    ),
  ],
  ['balance', ofOnset(({ balance }) => balance)],
  ['mix', ofOnset(({ mix }) => mixText(mix))],
  ['requests/client', ({ requests }) => grouped(requests)],
  ['warm-up', ({ warmupRequests }) => grouped(warmupRequests)],
  ['time-out', ofOnset(({ requestTimeoutMs }) => `${grouped(requestTimeoutMs)} ms`)],
  ['CPUs/node', ({ cpus }) => (cpus === undefined ? 'unlimited' : String(cpus))],
  ['memory/node', ({ memoryBytes }) => (memoryBytes === undefined ? 'unlimited' : bytes(memoryBytes))],
  ['faults', ({ faults }) => faults.map(faultText).join(' ') || 'none'],
]);

/** The factors of a cell as text, in the order they are shown. */
export function cellFactors(cell: Cell): ReadonlyMap<string, string> {
  const texts = [...factorTexts].map(([name, text]) => [name, text(cell)] as const);
  return new Map(texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const])));
}

interface WithFactors {
  readonly factors: ReadonlyMap<string, string>;
}

/** Names of the factors that any of the cells has, in the order they are shown. */
export function factorNames(cells: readonly WithFactors[]): readonly string[] {
  return [...factorTexts.keys()].filter((name) => cells.some(({ factors }) => factors.has(name)));
}

/** Whether a factor tells cells apart. One that some cells do not have must differ among those that have it. */
export function isVarying(cells: readonly WithFactors[], name: string): boolean {
  return new Set(cells.flatMap(({ factors }) => factors.get(name) ?? [])).size > 1;
}

/** The text of a factor that does not vary. */
export function commonFactor(cells: readonly WithFactors[], name: string): string {
  return cells.find(({ factors }) => factors.has(name))?.factors.get(name) ?? '';
}

/** `kill-database@2000 ms +3000 ms`: when, and for how long where it ends. */
function faultText({ kind, atMs, durationMs }: Fault): string {
  return `${kind}@${atMs} ms${durationMs === undefined ? '' : ` +${durationMs} ms`}`;
}

function mixText(mix: Cell['mix']): string {
  return Object.entries(mix)
    .filter(([, weight]) => weight > 0)
    .map(([operation, weight]) => `${operation} ${weight}`)
    .join(', ');
}

export interface FactorSplit {
  /** The same in every cell: said once. */
  readonly constant: readonly (readonly [name: string, value: string])[];
  /** Differ between cells: columns. */
  readonly varying: readonly string[];
}

/** Which factors tell the cells apart, and which are common to all of them. */
export function splitFactors(cells: readonly Cell[]): FactorSplit {
  const all = cells.map((cell) => ({ factors: cellFactors(cell) }));
  const names = factorNames(all);
  return {
    constant: names
      .filter((name) => !isVarying(all, name))
      .map((name) => [name, commonFactor(all, name)] as const),
    varying: names.filter((name) => isVarying(all, name)),
  };
}
