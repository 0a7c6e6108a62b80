/**
 * How an agent keeps its cycles: numbered files of at most `cycleFileBytes`, each a sequence of records. A record has a
 * fixed part; one whose cycle delivered a batch goes on with the delivery. Times are doubles, nanoseconds on the agent's
 * clock; NaN where there was nothing.
 *
 * ```
 * u16 lane | u8 operation | u8 phase | u16 status | u16 attempts | u32 sequence | u32 bytes
 * f64 intended | f64 start | f64 done | f64 local insert           (durations from `local insert` on)
 * f64 delivery | f64 delivered rows | f64 lag | f64 × N per peer   (operation 1 only)
 * ```
 */

export const cycleFileBytes = 4 * 1024 * 1024;

/** One cycle; the agent reuses the object. */
export interface Cycle {
  lane: number;
  /** 0 = insert, 1 = insert and deliver. */
  operation: 0 | 1;
  phase: 0 | 1;
  status: number;
  attempts: number;
  sequence: number;
  /** Of the tuples that were sent to others. */
  bytes: number;
  intendedNs: number;
  startNs: number;
  doneNs: number;
  localInsertNs: number;
  deliveryNs: number;
  deliveredRows: number;
  lagNs: number;
  /** One per instance. */
  readonly peerNs: Float64Array;
}

export function emptyCycle(instances: number): Cycle {
  return {
    ...{ lane: 0, operation: 0, phase: 0, status: 0, attempts: 1, sequence: 0, bytes: 0 },
    ...{ intendedNs: NaN, startNs: 0, doneNs: 0, localInsertNs: NaN },
    ...{ deliveryNs: NaN, deliveredRows: NaN, lagNs: NaN, peerNs: new Float64Array(instances).fill(NaN) },
  };
}

const fixedBytes = 48;

export function cycleBytes(operation: 0 | 1, instances: number): number {
  return operation === 0 ? fixedBytes : fixedBytes + 8 * (3 + instances);
}

/** Returns the offset after the record. */
export function writeCycle(cycle: Cycle, view: DataView, at: number): number {
  view.setUint16(at, cycle.lane, true);
  view.setUint8(at + 2, cycle.operation);
  view.setUint8(at + 3, cycle.phase);
  view.setUint16(at + 4, cycle.status, true);
  view.setUint16(at + 6, Math.min(cycle.attempts, 0xffff), true);
  view.setUint32(at + 8, cycle.sequence, true);
  view.setUint32(at + 12, cycle.bytes, true);
  view.setFloat64(at + 16, cycle.intendedNs, true);
  view.setFloat64(at + 24, cycle.startNs, true);
  view.setFloat64(at + 32, cycle.doneNs, true);
  view.setFloat64(at + 40, cycle.localInsertNs, true);
  if (cycle.operation === 0) return at + fixedBytes;
  const { peerNs } = cycle;
  let next = at + fixedBytes;
  view.setFloat64(next, cycle.deliveryNs, true);
  view.setFloat64(next + 8, cycle.deliveredRows, true);
  view.setFloat64(next + 16, cycle.lagNs, true);
  next += 24;
  for (let peer = 0; peer < peerNs.length; peer += 1, next += 8)
    view.setFloat64(next, peerNs[peer] ?? NaN, true);
  return next;
}

/** Calls `onCycle` for each record with an object that the next one overwrites. */
export function readCycles(content: Uint8Array, instances: number, onCycle: (cycle: Cycle) => void): void {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const cycle = emptyCycle(instances);
  for (let at = 0; at < view.byteLength;) {
    const operation = view.getUint8(at + 2) === 0 ? 0 : 1;
    cycle.lane = view.getUint16(at, true);
    cycle.operation = operation;
    cycle.phase = view.getUint8(at + 3) === 0 ? 0 : 1;
    cycle.status = view.getUint16(at + 4, true);
    cycle.attempts = view.getUint16(at + 6, true);
    cycle.sequence = view.getUint32(at + 8, true);
    cycle.bytes = view.getUint32(at + 12, true);
    cycle.intendedNs = view.getFloat64(at + 16, true);
    cycle.startNs = view.getFloat64(at + 24, true);
    cycle.doneNs = view.getFloat64(at + 32, true);
    cycle.localInsertNs = view.getFloat64(at + 40, true);
    const delivered = operation === 1;
    const number = (offset: number) => (delivered ? view.getFloat64(at + fixedBytes + offset, true) : NaN);
    cycle.deliveryNs = number(0);
    cycle.deliveredRows = number(8);
    cycle.lagNs = number(16);
    for (let peer = 0; peer < instances; peer += 1) cycle.peerNs[peer] = number(24 + 8 * peer);
    onCycle(cycle);
    at += cycleBytes(operation, instances);
  }
}
