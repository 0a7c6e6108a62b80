/** Replays an executed log beside a pass over the answers, entry by entry, and checks the log against itself. */
import { applyToCounter, counterOperations } from './counter.ts';

export interface LogEntry {
  /** 1-based, without gaps. */
  readonly order: number;
  readonly client: number;
  readonly sequence: number;
  /** Index into the counter's operations, or {@link noOperation}. */
  readonly operation: number;
}

/** An order that carries no request; its client and sequence mean nothing. */
export const noOperation = 255;

/** An entry with the counter after it. */
export interface Executed extends LogEntry {
  readonly value: number;
}

export interface LogReplay {
  /** The entry at `order`. Orders are claimed in ascending order; each can be claimed once. */
  readonly claim: (order: number) => Promise<Executed | 'missing' | 'taken'>;
  /** Replays what is left. */
  readonly finish: () => Promise<void>;
  readonly counts: { readonly executed: number; readonly noOps: number; readonly value: number };
}

export interface ReplayListener {
  readonly violate: (text: string) => void;
  /** A request that no answer claimed. */
  readonly passedOver: (entry: Executed) => void;
}

export function logReplay(
  log: AsyncIterable<LogEntry> | Iterable<LogEntry>,
  listener: ReplayListener,
): LogReplay {
  const entries = Symbol.asyncIterator in log ? log[Symbol.asyncIterator]() : log[Symbol.iterator]();
  const counts = { executed: 0, noOps: 0, value: 0 };
  const checkEntry = entryCheck(listener.violate);
  let claimedOrder: number | undefined;
  let current: Executed | undefined;
  let ended = false;

  /** Executes the next entry; false at the end of the log. */
  async function advance(): Promise<boolean> {
    if (ended) return false;
    if (current !== undefined && current.order !== claimedOrder && current.operation !== noOperation)
      listener.passedOver(current);
    current = undefined;
    const next = await entries.next();
    if (next.done === true) {
      ended = true;
      return false;
    }
    checkEntry(next.value);
    current = execute(next.value, counts);
    return true;
  }

  return {
    counts,
    claim: async (order) => {
      if (order === claimedOrder) return 'taken';
      while ((current?.order ?? 0) < order) if (!(await advance())) return 'missing';
      if (current?.order !== order) return 'missing';
      claimedOrder = order;
      return current;
    },
    finish: async () => {
      while (await advance());
    },
  };
}

function execute(entry: LogEntry, counts: { executed: number; noOps: number; value: number }): Executed {
  const operation = counterOperations[entry.operation];
  if (operation === undefined) counts.noOps += 1;
  else {
    counts.executed += 1;
    counts.value = applyToCounter(counts.value, operation);
  }
  return { ...entry, value: counts.value };
}

/**
 * Orders without gaps, known operations, and each client's requests in ascending order: a client sends a request
 * only after the answer to the one before, so a request that returns in the log was executed twice or overtaken.
 */
function entryCheck(violate: (text: string) => void): (entry: LogEntry) => void {
  const lastOf = new Map<number, LogEntry>();
  let expectedOrder = 1;
  return (entry) => {
    const { order, client, sequence, operation } = entry;
    if (order !== expectedOrder)
      violate(`the log continues with order ${order} where ${expectedOrder} was due`);
    expectedOrder = order + 1;
    if (operation === noOperation) return;
    if (counterOperations[operation] === undefined)
      violate(`the log has the unknown operation ${operation} at order ${order}`);
    const last = lastOf.get(client);
    if (last === undefined || sequence > last.sequence) lastOf.set(client, entry);
    else if (sequence === last.sequence)
      violate(
        `client ${client} request ${sequence} was executed twice: at order ${last.order} and at order ${order}`,
      );
    else
      violate(
        `client ${client} request ${sequence} was executed at order ${order}, after the client's later request ${last.sequence} at order ${last.order}: twice, or overtaken`,
      );
  };
}
