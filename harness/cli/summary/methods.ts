/** How the figures came about and how to read them, for the workloads of a run. */
import type { Cell } from '../../foundation/cell.ts';

export function methodsOf(cells: readonly Cell[]): readonly string[] {
  const isInserting = cells.some(({ mysql }) => mysql !== undefined);
  const isAsking = cells.some(({ mysql }) => mysql === undefined);
  return [
    inference,
    order,
    ...(isAsking ? [latency] : []),
    ...(isInserting ? [cycleTime] : []),
    ...(isAsking ? [onsetProof] : []),
    ...(isInserting ? [mysqlProof] : []),
    quantiles,
  ];
}

const inference =
  'The unit of inference is the trial: fresh nodes, new data, a health check, warm-up, then the measurement. Figures of a cell are geometric means over its trials; intervals are 95 % confidence intervals of that mean (Student t on the logarithms), never over requests.';
const order =
  'Trials of all cells are interleaved in blocks in seeded random order, so that a drift of the machine meets every cell alike.';
const latency =
  'Latency is taken on the host’s monotonic clock from the first sending of a request (closed loop) or from the time it was due (open loop) to the last byte of its answer. Warm-up is stored and never counted.';
const cycleTime =
  'Cycle time of mysql is taken by the instance’s own monotonic clock, mapped to the host’s, from the start of an insert (as fast as possible) or from the time it was due (inserts per minute) to the end of its cycle: the local insert and, when a batch is full, its delivery to all other instances. Warm-up is stored and never counted.';
const onsetProof =
  'Each trial of ONSET is verified: replicas must agree on log and counter, every acknowledged request must have been executed exactly once, and the clients’ history must be linearizable. A trial that fails or gives a wrong answer gives no figure.';
const mysqlProof =
  'Each trial of mysql is verified: every database must hold exactly the tuples that reached it by plan, of all instances or in a baseline its own, each once, by count and checksum. A trial that fails or gives a wrong answer gives no figure.';
const quantiles =
  'A quantile is given only where a trial has enough samples for it. Trials marked invalid are shown and left out of every mean.';
