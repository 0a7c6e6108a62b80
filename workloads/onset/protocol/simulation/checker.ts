/**
 * Judges a run from outside. It sees what the shared memory applied, what replicas executed and what clients were
 * answered, and keeps its own replay of the log, independent of the protocol's code.
 */
import type { MemoryEvent, Transaction } from '../../../shared-memory/shared-memory.ts';
import type { Execution } from '../messages.ts';

export interface Violation {
  readonly atMs: number;
  readonly rule: string;
  readonly text: string;
}

interface LogEntry {
  readonly client: string;
  readonly sequence: number;
  readonly command: string;
}

interface Replayed extends LogEntry {
  readonly applied: boolean;
  readonly counter: number;
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
        } else if (parts[0] === 'p') {
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

type Fail = Checker['fail'];

/** What each order carries, forever, and a replay of it that executes every request once. */
function createLog(fail: Fail) {
  const entries = new Map<number, LogEntry>();
  const replay: Replayed[] = [];
  const lastOf = new Map<string, number>();
  let counter = 0;
  let effective = 0;
  const replayNext = (entry: LogEntry) => {
    const applied = entry.client !== '' && entry.sequence > (lastOf.get(entry.client) ?? 0);
    if (applied) {
      lastOf.set(entry.client, entry.sequence);
      effective += 1;
      if (entry.command === 'inc') counter += 1;
      if (entry.command === 'dou' && counter > 30) counter = (counter - (counter % 2)) / 2;
    }
    replay.push({ ...entry, applied, counter });
  };
  const replayed = (order: number): Replayed | undefined => {
    for (let next = entries.get(replay.length + 1); next !== undefined && replay.length < order;) {
      replayNext(next);
      next = entries.get(replay.length + 1);
    }
    return replay[order - 1];
  };
  return {
    ordered(to: number, items: readonly (string | number)[]) {
      for (let order = Number(items[1]), at = 2; order <= to; order += 1, at += 3) {
        const entry = {
          client: String(items[at]),
          sequence: Number(items[at + 1]),
          command: String(items[at + 2]),
        };
        const known = entries.get(order);
        if (known === undefined) entries.set(order, entry);
        else if (known.client !== entry.client || known.sequence !== entry.sequence)
          fail(
            'one-order-one-request',
            `order ${order}: ${JSON.stringify(known)}, then ${JSON.stringify(entry)}`,
          );
      }
    },
    knows: (order: number) => order === 0 || replayed(order) !== undefined,
    replayed,
    length: () => {
      replayed(Infinity);
      return replay.length;
    },
    effectiveRequests: () => {
      replayed(Infinity);
      return effective;
    },
  };
}

/** Which replicas have put a record of an order into the shared memory, ever. */
function createQuorums() {
  const byOrder = new Map<number, number>();
  const heldTo = new Map<number, number>();
  return {
    recorded(from: number, to: number, replica: number) {
      for (let order = from; order <= to; order += 1)
        byOrder.set(order, (byOrder.get(order) ?? 0) | (1 << replica));
    },
    held(replica: number, order: number) {
      heldTo.set(replica, Math.max(order, heldTo.get(replica) ?? 0));
    },
    count(order: number) {
      let mask = byOrder.get(order) ?? 0;
      for (const [replica, to] of heldTo) if (to >= order) mask |= 1 << replica;
      let count = 0;
      for (; mask !== 0; mask &= mask - 1) count += 1;
      return count;
    },
  };
}

function createElections(fail: Fail) {
  const epochs = new Map<number, Map<number, number>>();
  let highest = 0;
  return {
    stood(epoch: number, replica: number, revision: number) {
      const records = epochs.get(epoch) ?? new Map<number, number>();
      epochs.set(epoch, records);
      if (!records.has(replica)) records.set(replica, revision);
    },
    claimed(epoch: number, replica: number, quorum: number) {
      const records = epochs.get(epoch) ?? new Map<number, number>();
      const own = records.get(replica);
      if (epoch <= highest) fail('epochs-grow', `epoch ${epoch} claimed after ${highest}`);
      highest = Math.max(highest, epoch);
      if (records.size < quorum) fail('elected', `epoch ${epoch} claimed with ${records.size} candidacies`);
      if (own === undefined || [...records.values()].some((revision) => revision < own))
        fail(
          'first-candidate-wins',
          `replica ${replica} claimed epoch ${epoch}: ${JSON.stringify([...records])}`,
        );
    },
  };
}

function checkSnapshot(
  fail: Fail,
  before: number,
  items: readonly (string | number)[],
  replayed: (order: number) => Replayed | undefined,
): number {
  const [order, counter] = [Number(items[0]), Number(items[1])];
  if (order <= before) fail('snapshots-grow', `snapshot of ${order} over one of ${before}`);
  if (replayed(order)?.counter !== counter) fail('snapshot-true', `snapshot of ${order} says ${counter}`);
  return Math.max(order, before);
}

/** Answers fit the log and real time: linearizable, because `order` is the linearization point. */
function createAnswers(fail: Fail, replayed: (order: number) => Replayed | undefined) {
  const floor = new Map<string, number>();
  const given = new Map<string, string>();
  let highestAnswered = 0;
  return {
    sent(client: string, sequence: number) {
      const name = `${client}#${sequence}`;
      if (!floor.has(name)) floor.set(name, highestAnswered);
    },
    answered(client: string, sequence: number, result: number, order: number) {
      const name = `${client}#${sequence}`;
      const entry = replayed(order);
      const text = `${name} = ${result} at ${order}`;
      const fits =
        entry?.client === client && entry.sequence === sequence && entry.counter === result && entry.applied;
      if (!fits) fail('answer-is-replay', `${text}, replay: ${JSON.stringify(entry)}`);
      if (order <= (floor.get(name) ?? Infinity))
        fail('real-time', `${text}, sent after order ${floor.get(name) ?? 'never'}`);
      if ((given.get(name) ?? text) !== text) fail('one-answer', `${given.get(name) ?? ''}, then ${text}`);
      given.set(name, text);
      highestAnswered = Math.max(highestAnswered, order);
    },
    superseded(client: string, sequence: number) {
      const name = `${client}#${sequence}`;
      if (!given.has(name)) fail('no-false-refusal', `${name} was refused and never answered`);
    },
  };
}
