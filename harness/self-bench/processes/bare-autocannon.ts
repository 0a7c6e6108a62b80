/** autocannon as it comes, with the settings of a closed-loop drive: the load generator without the recording. */
import autocannon from 'autocannon';

export interface BareOrder {
  readonly url: string;
  readonly connections: number;
  readonly amount: number;
}

process.once('message', (order: BareOrder) => {
  const startedMs = performance.now();
  let answered = 0;
  const instance = autocannon({ ...order, pipelining: 1, sampleInt: 50 }, () => process.exit(0));
  // autocannon notices its end on a tick: the last answer is the end that counts.
  instance.on('response', () => {
    answered += 1;
    if (answered === order.amount) process.send?.(answered / ((performance.now() - startedMs) / 1000));
  });
});
process.once('disconnect', () => process.exit(0));
process.send?.('ready');
