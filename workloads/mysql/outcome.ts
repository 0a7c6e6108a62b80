/** The outcome of a drive, put together from what the agents report. Pure. */
import type { Cell } from '../../harness/foundation/cell.ts';
import type { DriveClock } from '../http-load/clock.ts';
import type { DriveOutcome, DriverFacts, StallReport } from '../workload.ts';
import type { AgentReport } from './agent/messages.ts';
import type { ClockMapping } from '../clock-mapping.ts';
import type { PhaseReports } from './crew.ts';

/** Of the measured phase on the harness's clock, from the first agent's start to the last one's last cycle. */
export function outcomeOf(
  cell: Cell,
  clock: DriveClock,
  stall: StallReport | null,
  measured: PhaseReports | undefined,
  mappings: readonly (ClockMapping | null)[],
  reports: readonly (AgentReport | null)[],
): DriveOutcome {
  const spans = (measured ?? []).flatMap((report, index) => {
    const mapping = mappings[index];
    if (report === null || !mapping) return [];
    return [{ startNs: mapping.toHarness(report.startNs), endNs: mapping.toHarness(report.reachedNs) }];
  });
  const known = reports.filter((report) => report !== null);
  const ok = sum(known.map(({ cycles }) => cycles.ok));
  const failed = sum(known.map(({ cycles }) => cycles.failed));
  const unanswered = cell.clients * (cell.warmupRequests + cell.requests) - ok - failed;
  const nowNs = clock.nowNs();
  return {
    epochHrtimeNs: clock.epochHrtimeNs,
    epochIso: clock.epochIso,
    measureStartNs: Math.min(nowNs, ...spans.map(({ startNs }) => startNs)),
    measureEndNs: spans.length === 0 ? nowNs : Math.max(...spans.map(({ endNs }) => endNs)),
    acknowledged: ok,
    unanswered,
    resent: sum(known.map(({ resent }) => resent)),
    // Every cycle that began has a sample.
    driver: { ...worst(known), neverSent: unanswered },
    stall,
  };
}

/** The worst of each figure: one saturated agent is enough to spoil a trial. */
function worst(reports: readonly AgentReport[]): Omit<DriverFacts, 'neverSent'> {
  const most = (key: keyof AgentReport['driver']) => Math.max(0, ...reports.map(({ driver }) => driver[key]));
  return {
    eventLoopUtilization: most('eventLoopUtilization'),
    gcCount: most('gcCount'),
    gcTotalMs: most('gcTotalMs'),
    gcMaxMs: most('gcMaxMs'),
    cpuMs: most('cpuMs'),
    maxRssBytes: most('maxRssBytes'),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
