/** A first-in first-out queue with constant amortised cost; arrays shift in linear time. */
export interface Fifo<T> {
  items: T[];
  head: number;
}

const sweepAt = 1024;

export function emptyFifo<T>(): Fifo<T> {
  return { items: [], head: 0 };
}

export function pushLast<T>(fifo: Fifo<T>, item: T): void {
  fifo.items.push(item);
}

export function peekFirst<T>(fifo: Fifo<T>): T | undefined {
  return fifo.items[fifo.head];
}

export function takeFirst<T>(fifo: Fifo<T>): T | undefined {
  const item = fifo.items[fifo.head];
  if (item === undefined) return undefined;
  fifo.head += 1;
  if (fifo.head === fifo.items.length) {
    fifo.items.length = 0;
    fifo.head = 0;
  } else if (fifo.head >= sweepAt && fifo.head * 2 >= fifo.items.length) {
    fifo.items.splice(0, fifo.head);
    fifo.head = 0;
  }
  return item;
}

export function isEmpty(fifo: Fifo<unknown>): boolean {
  return fifo.head === fifo.items.length;
}

export function sizeOf(fifo: Fifo<unknown>): number {
  return fifo.items.length - fifo.head;
}
