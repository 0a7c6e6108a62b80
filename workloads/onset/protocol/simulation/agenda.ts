/** Virtual time: what happens when, in a binary heap. Equal times happen in the order they were planned. */
export interface Agenda {
  readonly nowMs: () => number;
  readonly after: (delayMs: number, action: () => void) => void;
  /** Advances to the next action and does it; false when there is none before `untilMs`. */
  readonly advance: (untilMs: number) => boolean;
}

interface Planned {
  readonly atMs: number;
  readonly turn: number;
  readonly action: () => void;
}

export function emptyAgenda(): Agenda {
  const heap: Planned[] = [];
  let nowMs = 0;
  let turns = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      turns += 1;
      siftUp(heap, { atMs: nowMs + delayMs, turn: turns, action });
    },
    advance(untilMs) {
      const first = heap[0];
      if (first === undefined || first.atMs > untilMs) return false;
      const last = heap.pop();
      if (last !== undefined && last !== first) siftDown(heap, last);
      nowMs = first.atMs;
      first.action();
      return true;
    },
  };
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.turn < other.turn);
}

function siftUp(heap: Planned[], item: Planned): void {
  let at = heap.length;
  while (at > 0) {
    const parentAt = (at - 1) >> 1;
    const parent = heap[parentAt];
    if (parent === undefined || !isBefore(item, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = item;
}

function siftDown(heap: Planned[], item: Planned): void {
  let at = 0;
  for (;;) {
    let childAt = 2 * at + 1;
    let child = heap[childAt];
    const right = heap[childAt + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      childAt += 1;
      child = right;
    }
    if (child === undefined || !isBefore(child, item)) break;
    heap[at] = child;
    at = childAt;
  }
  heap[at] = item;
}
