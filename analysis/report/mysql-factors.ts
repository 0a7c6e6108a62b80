/** What only cells of workload mysql have, in words. A baseline sends nothing: how it would is no factor of it. */
import type { Cell, MysqlFactors } from '../../harness/foundation/cell.ts';
import { grouped } from './numbers.ts';

type FactorText = (factors: MysqlFactors) => string | undefined;

const ofSending =
  (text: (factors: MysqlFactors) => string): FactorText =>
  (factors) =>
    factors.mode === 'baseline' ? undefined : text(factors);

const texts: readonly (readonly [name: string, text: FactorText])[] = [
  ['engine', ({ engine }) => engine],
  ['mode', ({ mode }) => mode],
  ['inserts/min', ({ insertsPerMinute }) => insertRate(insertsPerMinute)],
  ['aggregation', ofSending(({ aggregation }) => grouped(aggregation))],
  ['delivery', ofSending(({ delivery }) => delivery)],
  ['string length', ({ stringLength }) => grouped(stringLength)],
  ['durability', ({ durability }) => String(durability)],
  ['name resolution', ({ nameResolution }) => (nameResolution ? 'on' : 'off')],
  ['on peer loss', ofSending(({ onPeerLoss }) => onPeerLoss)],
];

/** By factor; undefined for what a cell does not have. */
export const mysqlFactorTexts: readonly (readonly [
  name: string,
  text: (cell: Cell) => string | undefined,
])[] = texts.map(([name, text]) => [name, ({ mysql }) => (mysql === undefined ? undefined : text(mysql))]);

export const mysqlFactorNames: readonly string[] = texts.map(([name]) => name);

/** D of the paper: `6 000`, or `max` for as fast as possible. */
export function insertRate(insertsPerMinute: number): string {
  return insertsPerMinute === 0 ? 'max' : grouped(insertsPerMinute);
}

/** `600 inserts/min, batches of 100`, and whatever is not usual. */
export function mysqlLabel(factors: MysqlFactors): readonly string[] {
  const { engine, mode, insertsPerMinute, aggregation, delivery, stringLength, durability } = factors;
  const sending = mode === 'baseline' ? ['baseline'] : [`batches of ${grouped(aggregation)}`];
  return [
    ...(engine === 'mariadb' ? [] : [`engine ${engine}`]),
    `${insertRate(insertsPerMinute)} inserts/min`,
    ...sending,
    ...(mode === 'replicated' && delivery === 'parallel' ? ['parallel delivery'] : []),
    ...(stringLength === 32 ? [] : [`strings of ${grouped(stringLength)}`]),
    ...(durability === 1 ? [] : [`durability ${durability}`]),
    ...(factors.nameResolution ? ['name resolution on'] : []),
  ];
}

interface Ordered {
  readonly mysql?: MysqlFactors;
}

/** Baseline last, then by rising rate (as fast as possible last) and by the others as they rise. */
export function byMysqlFactors({ mysql: a }: Ordered, { mysql: b }: Ordered): number {
  if (a === undefined || b === undefined) return 0;
  const rate = ({ insertsPerMinute }: MysqlFactors) => (insertsPerMinute === 0 ? Infinity : insertsPerMinute);
  const [rateA, rateB] = [rate(a), rate(b)];
  return (
    Number(a.mode === 'baseline') - Number(b.mode === 'baseline') ||
    (rateA === rateB ? 0 : rateA - rateB) ||
    a.aggregation - b.aggregation ||
    Number(a.delivery === 'parallel') - Number(b.delivery === 'parallel') ||
    a.stringLength - b.stringLength ||
    a.durability - b.durability ||
    Number(a.nameResolution) - Number(b.nameResolution)
  );
}
