/** Turns the cycles that the agents kept on their nodes into the samples of the trial, on the harness's clock. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Sample } from '../../results/sample/sample.ts';
import { openSpool } from '../../results/sample/spool.ts';
import { cycleFileName } from './agent/cycle-log.ts';
import type { ClockMapping } from '../clock-mapping.ts';
import { nodeName } from './check.ts';
import { mysqlColumns } from './columns.ts';
import { readCycles, type Cycle } from './cycle-file.ts';
import type { Instance } from './instances.ts';

export interface CycleSource {
  readonly instance: Instance;
  readonly files: number;
  readonly mapping: ClockMapping;
}

/** Of the measured cycles. */
export interface CycleTotals {
  measured: number;
  measuredOk: number;
  /** Open loop: how long after their intended time cycles began; 0 in a closed loop. */
  readonly latenessUs: Histogram;
  /** From the first insert of a batch until the last other database had it. */
  readonly lagUs: Histogram;
  /** From sending a batch to its answer, by the way it went: `db-1→db-3`. */
  readonly batchUs: Map<string, Histogram>;
  /** Of the tuples that the others acknowledged. */
  deliveredBytes: number;
}

/** @param instances of the trial: length of a cycle's list of peers */
export async function spoolCycles(
  spoolPath: string,
  sources: readonly CycleSource[],
  instances: number,
  signal: AbortSignal,
): Promise<CycleTotals> {
  await using spool = await openSpool(spoolPath, mysqlColumns);
  const totals: CycleTotals = { measured: 0, measuredOk: 0, ...emptyDistributions() };
  for (const { instance, files, mapping } of sources) {
    const { sample, fill } = sampleOf(instance.index, mapping);
    for (let index = 0; index < files; index += 1) {
      signal.throwIfAborted();
      const content = await instance.node.get(cycleFileName(instance.cyclesDir, index));
      readCycles(content, instances, (cycle) => {
        fill(cycle);
        count(totals, instance.index, cycle);
        spool.record(sample);
      });
    }
  }
  await spool.close();
  return totals;
}

/** One sample that `fill` overwrites. */
function sampleOf(replica: number, { toHarness }: ClockMapping) {
  const extra: (number | undefined)[] = mysqlColumns.map(() => undefined);
  const sample: Sample = {
    ...{ client: 0, sequence: 0, replica, operation: 0, phase: 0, intendedNs: undefined },
    ...{ sendNs: 0, doneNs: undefined, status: 0, bytes: 0, attempts: 1, extra },
  };
  const fill = (cycle: Cycle) => {
    sample.client = cycle.lane;
    sample.sequence = cycle.sequence;
    sample.operation = cycle.operation;
    sample.phase = cycle.phase;
    sample.intendedNs = Number.isNaN(cycle.intendedNs) ? undefined : toHarness(cycle.intendedNs);
    sample.sendNs = toHarness(cycle.startNs);
    sample.doneNs = toHarness(cycle.doneNs);
    sample.status = cycle.status;
    sample.bytes = cycle.bytes;
    sample.attempts = cycle.attempts;
    // Where nothing was measured stands NaN, which the store takes for NULL.
    extra[0] = cycle.localInsertNs;
    extra[1] = cycle.deliveryNs;
    extra[2] = cycle.deliveredRows;
    extra[3] = cycle.lagNs;
    for (let peer = 0; peer < cycle.peerNs.length; peer += 1) extra[4 + peer] = cycle.peerNs[peer];
  };
  return { sample, fill };
}

function emptyDistributions() {
  return { latenessUs: build(), lagUs: build(), batchUs: new Map<string, Histogram>(), deliveredBytes: 0 };
}

function count(totals: CycleTotals, instance: number, cycle: Cycle): void {
  const { phase, status, operation, intendedNs, startNs } = cycle;
  if (phase === 0) return;
  totals.measured += 1;
  if (status === 200) totals.measuredOk += 1;
  if (!Number.isNaN(intendedNs)) record(totals.latenessUs, startNs - intendedNs);
  if (operation === 0) return;
  totals.deliveredBytes += cycle.bytes;
  if (!Number.isNaN(cycle.lagNs)) record(totals.lagUs, cycle.lagNs);
  cycle.peerNs.forEach((batchNs, peer) => {
    if (Number.isNaN(batchNs)) return;
    const way = `${nodeName(instance)}→${nodeName(peer)}`;
    const known = totals.batchUs.get(way);
    const histogram = known ?? build();
    if (known === undefined) totals.batchUs.set(way, histogram);
    record(histogram, batchNs);
  });
}

function record(histogram: Histogram, ns: number): void {
  histogram.recordValue(Math.max(0, Math.round(ns / 1e3)));
}
