/**
 * Proves from stored samples that a history of the counter is linearizable, with the executed log as the witness.
 * Answers carry their position in the log, so no search is needed: a history is linearizable in log order when every
 * answer is what the replay gives at its position, every acknowledged request stands in the log exactly there and
 * only there, and the log order never contradicts real time (Herlihy and Wing 1990: a legal sequential history that
 * respects the order of non-overlapping operations).
 *
 * One pass over the samples in log order beside one pass over the log; memory is bounded by the number of clients and
 * of unanswered requests. Non-goal: histories whose answers carry no position.
 */
import type { SampleSource } from '../../results/sample/sample.ts';
import { describeRequest, historyRows, type HistoryRow } from './history-rows.ts';
import { logReplay, type Executed, type LogEntry } from './log-replay.ts';
import { unclaimedEntries } from './unclaimed-entries.ts';

export interface CounterHistory {
  /** With the base columns and the workload's `position` (order in the log) and `value` (counter as answered). */
  readonly samples: SampleSource;
  /** What one replica executed, in order. */
  readonly log: AsyncIterable<LogEntry> | Iterable<LogEntry>;
  readonly signal: AbortSignal;
  /** How many violations are put into words; 10 unless told. All are counted. */
  readonly maxViolations?: number;
}

export interface HistoryReport {
  /** Requests answered with a 2xx status. */
  readonly acknowledged: number;
  /** Requests in the log, without no-ops. */
  readonly executed: number;
  /** In the log, sent, and never answered: the client cannot know, which is allowed. */
  readonly executedUnanswered: number;
  readonly noOps: number;
  /** The counter after the whole log. */
  readonly finalValue: number;
  readonly violationCount: number;
  /** Full sentences with client, request and times; the first `maxViolations`. */
  readonly violations: readonly string[];
}

/** Checks the whole history. Violations are results, never errors; what samples or log throw passes through. */
export async function checkCounterHistory(history: CounterHistory): Promise<HistoryReport> {
  const { violations, violate } = collectViolations(history.maxViolations ?? 10);
  const unclaimed = unclaimedEntries(violate);
  const replay = logReplay(history.log, { violate, passedOver: unclaimed.add });
  const realTime = realTimeOrder(violate);
  let acknowledged = 0;
  for await (const row of historyRows(history.samples, history.signal)) {
    if (row.status >= 200 && row.status < 300) acknowledged += 1;
    if (row.position === null) {
      await replay.finish();
      unclaimed.settle(row);
      continue;
    }
    compare(row, await replay.claim(row.position), violate);
    realTime(row);
    unclaimed.passed(row);
  }
  await replay.finish();
  unclaimed.finish();
  return {
    acknowledged,
    executed: replay.counts.executed,
    executedUnanswered: unclaimed.settledCount(),
    noOps: replay.counts.noOps,
    finalValue: replay.counts.value,
    violationCount: violations.count,
    violations: violations.texts,
  };
}

function compare(
  row: HistoryRow,
  claimed: Executed | 'missing' | 'taken',
  violate: (text: string) => void,
): void {
  const position = String(row.position);
  if (claimed === 'missing') {
    violate(`${describeRequest(row)} was answered with position ${position}, which the log does not have`);
  } else if (claimed === 'taken') {
    violate(`${describeRequest(row)} was answered with position ${position}, as another request was`);
  } else if (claimed.client !== row.client || claimed.sequence !== row.sequence) {
    violate(
      `${describeRequest(row)} was answered with position ${position}, where the log has client ${claimed.client} request ${claimed.sequence}`,
    );
  } else if (claimed.operation !== row.operation) {
    violate(`${describeRequest(row)} stands in the log as another operation (${claimed.operation})`);
  } else if (claimed.value !== row.value) {
    violate(
      `${describeRequest(row)} was answered ${String(row.value)}, but the log gives ${claimed.value} at position ${position}`,
    );
  }
}

/** In log order, no request may be done before one that stands earlier was even sent. */
function realTimeOrder(violate: (text: string) => void): (row: HistoryRow) => void {
  let latestSent: HistoryRow | undefined;
  return (row) => {
    if (latestSent !== undefined && row.doneNs !== null && row.doneNs < latestSent.sendNs) {
      violate(
        `${describeRequest(row)} has position ${String(row.position)}, but was done before ${describeRequest(latestSent)} was sent, which has the earlier position ${String(latestSent.position)}`,
      );
    }
    if (latestSent === undefined || row.sendNs > latestSent.sendNs) latestSent = row;
  };
}

function collectViolations(max: number) {
  const violations = { count: 0, texts: [] as string[] };
  const violate = (text: string): void => {
    violations.count += 1;
    if (violations.texts.length < max) violations.texts.push(text);
  };
  return { violations, violate };
}
