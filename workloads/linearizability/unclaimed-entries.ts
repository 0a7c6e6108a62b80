/**
 * Log entries that no answer claimed. Each must belong to a request that was really sent and never answered, and even
 * then it may not stand before a request that was done when it had not been sent yet.
 */
import { describeRequest, seconds, type HistoryRow } from './history-rows.ts';
import type { Executed } from './log-replay.ts';

/** A sound history has at most one per client; beyond this they are only counted. */
const maxKept = 100_000;

interface Unclaimed {
  readonly entry: Executed;
  /** Earliest done time among the answers between this entry and the next unclaimed one, later among all after it. */
  earliestDoneNs: number;
}

export interface UnclaimedEntries {
  readonly add: (entry: Executed) => void;
  /** An answer was passed in log order. */
  readonly passed: (row: HistoryRow) => void;
  /** A request without a position, after the whole log: unanswered, refused, or answered without one. */
  readonly settle: (row: HistoryRow) => void;
  /** Everything is settled: what is left was sent by nobody. */
  readonly finish: () => void;
  readonly settledCount: () => number;
}

export function unclaimedEntries(violate: (text: string) => void): UnclaimedEntries {
  const kept = new Map<string, Unclaimed>();
  let last: Unclaimed | undefined;
  let settled = 0;
  let summed = false;

  /** Turns the minimum of each stretch into the minimum of everything after the entry. */
  function sumUp(): void {
    if (summed) return;
    summed = true;
    let earliestDoneNs = Infinity;
    for (const one of [...kept.values()].reverse()) {
      earliestDoneNs = Math.min(earliestDoneNs, one.earliestDoneNs);
      one.earliestDoneNs = earliestDoneNs;
    }
  }

  function settleExecuted(row: HistoryRow, { entry, earliestDoneNs }: Unclaimed): void {
    if (row.status !== 0)
      violate(`${describeRequest(row)} was refused with status ${row.status}, yet executed`);
    else settled += 1;
    if (entry.operation !== row.operation)
      violate(`${describeRequest(row)} stands in the log as another operation (${entry.operation})`);
    if (earliestDoneNs < row.sendNs)
      violate(
        `${describeRequest(row)} was executed at order ${entry.order}, before a request that was done at ${seconds(earliestDoneNs)}`,
      );
  }

  return {
    settledCount: () => settled,
    add: (entry) => {
      const id = `${entry.client}/${entry.sequence}`;
      if (kept.has(id)) return;
      if (kept.size >= maxKept) {
        violate(
          `order ${entry.order} holds client ${entry.client} request ${entry.sequence}, which got no answer, as ${maxKept} before it`,
        );
        return;
      }
      last = { entry, earliestDoneNs: Infinity };
      kept.set(id, last);
    },
    passed: ({ doneNs }) => {
      if (last !== undefined && doneNs !== null) last.earliestDoneNs = Math.min(last.earliestDoneNs, doneNs);
    },
    settle: (row) => {
      sumUp();
      if (row.status >= 200 && row.status < 300)
        violate(
          `${describeRequest(row)} was acknowledged with status ${row.status}, but without a position in the log`,
        );
      const id = `${row.client}/${row.sequence}`;
      const found = kept.get(id);
      if (found === undefined) return;
      kept.delete(id);
      settleExecuted(row, found);
    },
    finish: () => {
      for (const { entry } of kept.values())
        violate(
          `order ${entry.order} holds client ${entry.client} request ${entry.sequence}, which no client sent and was left waiting for`,
        );
    },
  };
}
