/**
 * Wakes the driver at the intended times of an open loop. Node's timers fire up to a millisecond late, which would be
 * added to every latency, and polling would keep a core busy that the system under test needs. So a second thread
 * sleeps until the next time is due (about 0.1 ms late) and sends a message. Non-goal: deciding what to send.
 */
import { Worker } from 'node:worker_threads';
import type { DriveClock } from './clock.ts';

export interface Pacer extends AsyncDisposable {
  readonly onTick: (listener: () => void) => void;
  /** Ticks at `startNs + k × intervalNs` for k < `count`, on the drive's clock; late ticks are merged into one. */
  readonly start: (startNs: number, intervalNs: number, count: number) => void;
}

/** Faster than this a tick serves several due times. */
const minGapNs = 100_000;

/** Runs in the thread as text: a file of its own would not survive bundling into one. */
const threadSource = `
const { parentPort } = require('node:worker_threads');
const sleeper = new Int32Array(new SharedArrayBuffer(4));
parentPort.on('message', ({ startHrtimeNs, intervalNs, count, minGapNs }) => {
  const elapsedNs = () => Number(process.hrtime.bigint() - startHrtimeNs);
  const lastNs = (count - 1) * intervalNs;
  for (let nextNs = 0, nowNs = 0; ; ) {
    while ((nowNs = elapsedNs()) < nextNs) Atomics.wait(sleeper, 0, 0, (nextNs - nowNs) / 1e6);
    parentPort.postMessage(nowNs);
    if (nowNs >= lastNs) return;
    const firstDueNs = (Math.floor(nowNs / intervalNs) + 1) * intervalNs;
    nextNs = Math.max(Math.min(firstDueNs, lastNs), nowNs + minGapNs);
  }
});
`;

export function startPacer(clock: DriveClock): Pacer {
  const thread = new Worker(threadSource, { eval: true, stdin: false });
  let tick = (): void => undefined;
  thread.on('message', () => tick());
  return {
    onTick: (listener) => {
      tick = listener;
    },
    start: (startNs, intervalNs, count) =>
      thread.postMessage({
        startHrtimeNs: clock.epochHrtimeNs + BigInt(startNs),
        intervalNs,
        count,
        minGapNs,
      }),
    [Symbol.asyncDispose]: async () => {
      await thread.terminate();
    },
  };
}
