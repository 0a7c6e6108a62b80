/**
 * When a run whose number of trials is not fixed has had enough of them: agreed before the first trial, hashed into
 * the plan, and blind to what is compared. It looks at how wide each cell's own intervals are, never at a p, a ratio
 * or the sign of a difference: peeking at those rejects a true null 17.5 % of the time instead of 5 %.
 */

/** Whose intervals must be narrow. */
export const precisionMetrics = ['throughput', 'p50', 'p95'] as const;
export type PrecisionMetric = (typeof precisionMetrics)[number];

export interface StoppingRule {
  /** Largest distance of an end of a 95 % interval from its geometric mean, relative to it: 0.05. */
  readonly precision: number;
  /** Blocks that are run whatever the intervals. */
  readonly leastBlocks: number;
  /** Blocks after which the run ends whatever the intervals. */
  readonly mostBlocks: number;
}

/** A spread estimated from fewer trials is too uncertain to decide by. */
export const leastBlocks = 5;

export const stoppingReasons = ['least', 'wide', 'once', 'narrow', 'cap'] as const;

/** What was decided after a block, and by what: one line of `stopping.ndjson`. */
export interface StoppingDecision {
  /** 0-based; all trials of it and of the blocks before have been tried. */
  readonly block: number;
  readonly atIso: string;
  readonly decision: 'continue' | 'stop';
  /**
   * `least`: fewer blocks than the rule demands. `wide`: an interval is. `once`: all are narrow for the first time.
   * `narrow`: they still are, a block later. `cap`: there is no further block.
   */
  readonly reason: (typeof stoppingReasons)[number];
  /** Intervals that are to be narrow, over all cells and metrics. */
  readonly intervals: number;
  /** How many of them were not. */
  readonly wide: number;
  /** null when no cell has an interval to look at. */
  readonly widest: WidestInterval | null;
}

export interface WidestInterval {
  readonly cellKey: string;
  readonly metric: PrecisionMetric;
  /** null: there is no interval yet, which is wider than any. */
  readonly relativeHalfWidth: number | null;
  /** Usable trials it rests on. */
  readonly trials: number;
}
