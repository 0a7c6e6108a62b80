/** Figures of a trial of the inserter that are worth keeping beside its samples. Pure. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Cell } from '../../harness/foundation/cell.ts';
import type { Verification } from '../workload.ts';
import type { AgentPhase, PhaseReport } from './agent/messages.ts';
import { growth } from './counters.ts';
import type { DriveFindings } from './drive.ts';
import type { Instance } from './instances.ts';

export function factsOf(
  cell: Cell,
  instances: readonly Instance[],
  findings: DriveFindings,
): Verification['facts'] {
  const reports = findings.reports.filter((report) => report !== null);
  const total = (valueOf: (report: (typeof reports)[number]) => number) =>
    reports.reduce((sum, report) => sum + valueOf(report), 0);
  const countOf = (batches: readonly { readonly count: number }[]) =>
    batches.reduce((sum, { count }) => sum + count, 0);
  return {
    ...engineFacts(instances),
    ...phaseFacts(findings),
    ...rateFacts(cell, findings),
    ...deliveryFacts(findings),
    ...growth(findings.countersBefore, findings.countersAfter),
    ...clockFacts(findings),
    peerLosses: total(({ lossCount }) => lossCount),
    lateDeliveries: total(({ resent }) => resent),
    foundDelivered: total(({ found }) => found),
    droppedTuples: total(({ dropped }) => countOf(dropped)),
    doubtfulTuples: total(({ doubtful }) => countOf(doubtful)),
    agentCpuMs: total(({ driver }) => driver.cpuMs),
  };
}

function engineFacts(instances: readonly Instance[]): Verification['facts'] {
  const versions = new Set(instances.map(({ database }) => database.engine.version));
  return {
    engine: instances[0]?.database.engine.kind ?? null,
    engineVersion: [...versions].join(', '),
  };
}

/** Of the slowest instance each. */
function phaseFacts({ phases }: DriveFindings): Verification['facts'] {
  const slowest = (phase: AgentPhase, spanNs: (report: PhaseReport) => number): number | null => {
    const reports = (phases.get(phase) ?? []).filter((report) => report !== null);
    return reports.length === 0 ? null : Math.max(...reports.map(spanNs)) / 1e6;
  };
  return {
    connectMs: slowest('sync', ({ startNs, reachedNs }) => reachedNs - startNs),
    syncMs: slowest('sync', ({ startNs, endNs }) => endNs - startNs),
    mainLoopMs: slowest('measure', ({ startNs, reachedNs }) => reachedNs - startNs),
    /** Sending what had gathered when the main loop ended, and what had been deferred. */
    flushMs: slowest('measure', ({ reachedNs, endNs }) => endNs - reachedNs),
    desyncMs: slowest('desync', ({ startNs, endNs }) => endNs - startNs),
  };
}

function rateFacts({ load }: Cell, { totals, outcome }: DriveFindings): Verification['facts'] {
  const seconds = (outcome.measureEndNs - outcome.measureStartNs) / 1e9;
  const isPaced = load.kind === 'open';
  const { latenessUs } = totals;
  const paced = (valueUs: number) => (isPaced && totals.measured > 0 ? valueUs / 1e3 : null);
  return {
    offeredPerS: isPaced ? load.ratePerS : null,
    achievedPerS: seconds > 0 ? totals.measuredOk / seconds : null,
    latenessMeanMs: paced(latenessUs.mean),
    latenessP99Ms: paced(latenessUs.getValueAtPercentile(99)),
    latenessMaxMs: paced(latenessUs.maxValue),
  };
}

/** null where nothing was sent. */
function deliveryFacts({ totals: { lagUs, batchUs, deliveredBytes } }: DriveFindings): Verification['facts'] {
  const all = build();
  for (const histogram of batchUs.values()) all.add(histogram);
  const medianUs = ([, histogram]: readonly [string, Histogram]) => histogram.getValueAtPercentile(50);
  const slowest = [...batchUs].sort((a, b) => medianUs(b) - medianUs(a))[0];
  const ms = (histogram: Histogram, percentile: number) =>
    histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / 1e3;
  return {
    ...{ lagP50Ms: ms(lagUs, 50), lagP99Ms: ms(lagUs, 99), lagMaxMs: ms(lagUs, 100) },
    ...{ batchP50Ms: ms(all, 50), batchP99Ms: ms(all, 99) },
    slowestWay: slowest?.[0] ?? null,
    slowestWayP50Ms: slowest === undefined ? null : ms(slowest[1], 50),
    deliveredBytes,
  };
}

function clockFacts({ mappings }: DriveFindings): Verification['facts'] {
  const known = mappings.filter((mapping) => mapping !== null);
  return {
    clockUncertaintyUs: Math.max(0, ...known.map(({ uncertaintyNs }) => uncertaintyNs)) / 1e3,
    clockDriftPpm: Math.max(0, ...known.map(({ driftPpm }) => Math.abs(driftPpm))),
  };
}
