/** Which tuples each database should hold at the end, from what the agents report. Pure but for the arithmetic's time. */
import type { Cell } from '../../../harness/foundation/cell.ts';
import type { LaneBatches } from '../agent/messages.ts';
import { factorsOf, isReplicated } from '../check.ts';
import { laneSeed } from '../tuples.ts';
import { checksumOf, minus, nothing, type Checksum, type LaneTuples } from './checksum.ts';

export interface LaneExpectation extends LaneTuples {
  /** Inserted by the loop: numbers 0 to `total` − 1. */
  readonly total: number;
  /** Of all of them. */
  readonly checksum: Checksum;
}

export interface Expectation {
  readonly lanes: readonly LaneExpectation[];
  /** The loops whose tuples a database should hold. */
  readonly lanesAt: (database: number) => readonly LaneExpectation[];
  /** Without the batches that were reported as dropped. */
  readonly checksumAt: (database: number, lane: LaneExpectation) => Promise<Checksum>;
  readonly isExpectedAt: (database: number, lane: LaneExpectation) => (seq: number) => boolean;
}

/** @param insertedBy how far a loop came that could not do all its cycles; null = it did all that the cell asks */
export async function expectationOf(
  cell: Cell,
  seed: number,
  dropped: readonly LaneBatches[],
  insertedBy: (origin: number, lane: number) => number | null,
  signal: AbortSignal,
): Promise<Expectation> {
  const { stringLength } = factorsOf(cell);
  const planned = cell.warmupRequests + cell.requests;
  const lanes: LaneExpectation[] = [];
  for (let lane = 0; lane < cell.clients; lane += 1) {
    const origin = lane % cell.replicas;
    const tuples = { origin, lane, ofLane: laneSeed(seed, origin, lane), stringLength };
    const total = insertedBy(origin, lane) ?? planned;
    lanes.push({
      ...tuples,
      total,
      checksum: await checksumOf(tuples, { firstSeq: 0, count: total }, signal),
    });
  }
  const droppedAt = (database: number, { lane }: LaneExpectation) =>
    dropped.filter((batch) => batch.peer === database && batch.lane === lane);
  return {
    lanes,
    lanesAt: (database) => (isReplicated(cell) ? lanes : lanes.filter(({ origin }) => origin === database)),
    checksumAt: async (database, lane) => {
      let rest = lane.checksum;
      for (const batch of droppedAt(database, lane))
        rest = minus(rest, batch.count === 0 ? nothing : await checksumOf(lane, batch, signal));
      return rest;
    },
    isExpectedAt: (database, lane) => {
      const gaps = droppedAt(database, lane);
      return (seq) => !gaps.some(({ firstSeq, count }) => seq >= firstSeq && seq < firstSeq + count);
    },
  };
}
