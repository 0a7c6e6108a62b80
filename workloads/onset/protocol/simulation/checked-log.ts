/** The log as the shared memory saw it written, its replay, and who recorded which order. */

export type Fail = (rule: string, text: string) => void;

interface LogEntry {
  readonly client: string;
  readonly sequence: number;
  readonly command: string;
}

export interface Replayed extends LogEntry {
  readonly applied: boolean;
  readonly counter: number;
}

/** What each order carries, forever, and a replay of it that executes every request once. */
export function createLog(fail: Fail) {
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
export function createQuorums() {
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
