/**
 * The part of an experiment that only workload mysql has, and the cells it makes. There `replicas` is the number of
 * instances and `clients` the number of insert loops of all of them together.
 */
import type { Cell, Load, MysqlFactors } from '../foundation/cell.ts';
import { clientLimits } from './size-limits.ts';

/** Lists are factors: the cells of workload mysql are their product too. */
export interface MysqlSweep {
  readonly engine: MysqlFactors['engine'];
  /** Ascending; 0, as fast as possible, comes last. */
  readonly insertsPerMinute: readonly number[];
  /** Ascending. */
  readonly aggregation: readonly number[];
  /** Ascending. */
  readonly stringLength: readonly number[];
  readonly durability: readonly MysqlFactors['durability'][];
  readonly mode: readonly MysqlFactors['mode'][];
  readonly delivery: readonly MysqlFactors['delivery'][];
  readonly nameResolution: readonly boolean[];
  readonly onPeerLoss: MysqlFactors['onPeerLoss'];
  /** Numbers of clients that nobody asked for are rounded up to the same number of loops in every instance. */
  readonly isEvenlyLooped: boolean;
}

/** What a cell of workload mysql has in the place of settings that only ONSET heeds: equal cells have equal keys. */
const settingsOfOnset = {
  sharedMemory: 'none',
  balance: 'round-robin',
  mix: {},
  requestTimeoutMs: 5000,
} as const satisfies Partial<Cell>;

/** The same in what nothing is sent: a baseline is one cell, however the batches of others are sent. */
const sendsNothing = {
  mode: 'baseline',
  aggregation: 100,
  delivery: 'sequential',
  onPeerLoss: 'fail',
} as const satisfies Partial<MysqlFactors>;

/** Numbers of insert loops of so many instances together. */
export function loopsOf(
  { isEvenlyLooped }: MysqlSweep,
  clients: readonly number[],
  instances: number,
): number[] {
  if (!isEvenlyLooped) return [...clients];
  const even = clients.map((count) => Math.ceil(count / instances) * instances);
  return [
    ...new Set(even.map((count) => Math.min(count, Math.floor(clientLimits.max / instances) * instances))),
  ];
}

export type InserterAsked = Pick<
  Cell,
  'mysql' | 'load' | 'sharedMemory' | 'balance' | 'mix' | 'requestTimeoutMs'
>;

/** What the cells of so many instances are asked to do, each once. */
export function insertersOf(sweep: MysqlSweep, instances: number): InserterAsked[] {
  return factorsOf(sweep).map((mysql) => {
    return { ...settingsOfOnset, load: loadOf(mysql.insertsPerMinute, instances), mysql };
  });
}

/** As many as {@link insertersOf} gives, without making them. */
export function inserterCount(sweep: MysqlSweep): number {
  const { insertsPerMinute, stringLength, durability, nameResolution, aggregation, delivery } = sweep;
  const sending = sweep.mode.map((mode) => (mode === 'baseline' ? 1 : aggregation.length * delivery.length));
  const common = [insertsPerMinute, stringLength, durability, nameResolution];
  return common.reduce(
    (product, factor) => product * factor.length,
    sending.reduce((sum, count) => sum + count, 0),
  );
}

function factorsOf(sweep: MysqlSweep): MysqlFactors[] {
  const { engine, insertsPerMinute: rates, stringLength: lengths, durability: levels } = sweep;
  return rates.flatMap((insertsPerMinute) =>
    lengths.flatMap((stringLength) =>
      levels.flatMap((durability) =>
        sweep.nameResolution.flatMap((nameResolution) =>
          sendingOf(sweep).map((sending) => {
            return { engine, insertsPerMinute, stringLength, durability, nameResolution, ...sending };
          }),
        ),
      ),
    ),
  );
}

type Sending = Pick<MysqlFactors, 'mode' | 'aggregation' | 'delivery' | 'onPeerLoss'>;

function sendingOf({ mode: modes, aggregation: sizes, delivery: ways, onPeerLoss }: MysqlSweep): Sending[] {
  return modes.flatMap((mode): Sending[] =>
    mode === 'baseline'
      ? [sendsNothing]
      : sizes.flatMap((aggregation) => ways.map((delivery) => ({ mode, aggregation, delivery, onPeerLoss }))),
  );
}

/** The rate is that of all instances together, as of every open loop. */
function loadOf(insertsPerMinute: number, instances: number): Load {
  if (insertsPerMinute === 0) return { kind: 'closed' };
  return { kind: 'open', ratePerS: (insertsPerMinute / 60) * instances };
}
