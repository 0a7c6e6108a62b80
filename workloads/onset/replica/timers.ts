/** One timer an id: setting a running one starts it anew. */

export interface Timers<Id> extends Disposable {
  set(id: Id, ms: number): void;
  cancel(id: Id): void;
}

export function openTimers<Id>(onFire: (id: Id) => void): Timers<Id> {
  const running = new Map<Id, NodeJS.Timeout>();
  const cancel = (id: Id) => {
    clearTimeout(running.get(id));
    running.delete(id);
  };
  return {
    set(id, ms) {
      cancel(id);
      running.set(
        id,
        setTimeout(() => {
          running.delete(id);
          onFire(id);
        }, ms),
      );
    },
    cancel,
    [Symbol.dispose]() {
      for (const id of running.keys()) cancel(id);
    },
  };
}
