/**
 * Judges a run from outside. It sees what the shared memory applied, what replicas executed and what clients were
 * answered, and keeps its own replay of the log, independent of the protocol's code.
 */
import type { MemoryEvent, Transaction } from '../../../shared-memory/shared-memory.ts';
import { createLog, createQuorums } from './checked-log.ts';
import type { Replayed } from './checked-log.ts';
import { checkSnapshot, createAnswers, createElections } from './checked-promises.ts';
import type { Execution } from '../messages.ts';

export interface Violation {
  readonly atMs: number;
  readonly rule: string;
  readonly text: string;
}

export interface Checker {
  readonly applied: (transaction: Transaction, events: readonly MemoryEvent[]) => void;
  readonly executed: (replica: number, execution: Execution) => void;
  readonly sent: (client: string, sequence: number) => void;
  readonly answered: (client: string, sequence: number, result: number, order: number) => void;
  readonly superseded: (client: string, sequence: number) => void;
  readonly fail: (rule: string, text: string) => void;
  readonly violation: () => Violation | null;
  /** Requests that took effect in the replay of the whole log. */
  readonly effectiveRequests: () => number;
  readonly logLength: () => number;
}

export function createChecker(quorum: number, prefix: string, nowMs: () => number): Checker {
  let violation: Violation | null = null;
  const fail = (rule: string, text: string) => {
    violation ??= { atMs: nowMs(), rule, text };
  };
  const log = createLog(fail);
  const quorums = createQuorums();
  const elections = createElections(fail);
  const claims = { order: 0 };
  const answers = createAnswers(fail, log.replayed);
  return {
    applied(_transaction, events) {
      for (const event of events) {
        if (event.kind === 'delete') continue;
        const { key, value, createRevision } = event.record;
        const parts = key.slice(prefix.length).split('/');
        const items = JSON.parse(value) as (string | number)[];
        if (parts[0] === 'o') {
          log.ordered(Number(parts[1]), items);
          quorums.recorded(Number(items[1]), Number(parts[1]), Number(parts[2]));
        } else if (parts[0] === 't') {
          const heldTo = Number(items[0]);
          if (!log.knows(heldTo)) fail('no-false-acknowledgement', `${key} holds up to ${heldTo}`);
          quorums.held(Number(parts[1]), heldTo);
        } else if (parts[0] === 'e') elections.stood(Number(parts[1]), Number(parts[2]), createRevision);
        else if (parts[0] === 'leader') elections.claimed(Number(items[0]), Number(items[1]), quorum);
        else if (parts[0] === 's') claims.order = checkSnapshot(fail, claims.order, items, log.replayed);
      }
    },
    executed(replica, execution) {
      const { order } = execution;
      const count = quorums.count(order);
      if (count < quorum) fail('f+1-records', `replica ${replica} executed order ${order} with ${count}`);
      const expected = log.replayed(order);
      if (expected !== undefined && sameExecution(expected, execution)) return;
      fail(
        'same-log',
        `replica ${replica}: ${JSON.stringify(execution)}, replay: ${JSON.stringify(expected)}`,
      );
    },
    ...answers,
    fail,
    violation: () => violation,
    effectiveRequests: log.effectiveRequests,
    logLength: log.length,
  };
}

function sameExecution(one: Replayed, other: Execution): boolean {
  return (
    one.client === other.client &&
    one.sequence === other.sequence &&
    one.command === other.command &&
    one.applied === other.applied &&
    one.counter === other.counter
  );
}
