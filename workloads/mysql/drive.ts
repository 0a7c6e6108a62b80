/**
 * One trial of the inserter, told from start to end: the clocks are compared, the instances find each other, warm up,
 * insert and deliver, and part again; then their cycles become samples.
 */
import { anySignal } from '../../harness/foundation/any-signal.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import { startClock, type DriveClock } from '../http-load/clock.ts';
import { exchangeTimes, mapClock, type ClockMapping, type Exchange } from '../clock-mapping.ts';
import type { DriveContext, DriveOutcome, StallReport } from '../workload.ts';
import type { AgentPhase, AgentReport } from './agent/messages.ts';
import { factorsOf, isReplicated } from './check.ts';
import { readCounters, type Counters } from './counters.ts';
import { assembleCrew, watchForStall, type Crew, type PhaseReports } from './crew.ts';
import { lowestAddress, type Instance } from './instances.ts';
import { outcomeOf } from './outcome.ts';
import { spoolCycles, type CycleTotals } from './samples.ts';

/** What the proof needs to know of the drive. */
export interface DriveFindings {
  readonly outcome: DriveOutcome;
  readonly phases: ReadonlyMap<AgentPhase, PhaseReports>;
  readonly countersBefore: readonly (Counters | null)[];
  readonly countersAfter: readonly (Counters | null)[];
  /** By instance; null where the agent is gone. */
  readonly reports: readonly (AgentReport | null)[];
  readonly mappings: readonly (ClockMapping | null)[];
  readonly totals: CycleTotals;
  /** Instances whose databases were ended for good; their agents went on as far as they could. */
  readonly abandoned: ReadonlySet<number>;
}

const reportTimeoutMs = 10_000;
/** Longer than any wait that has a deadline of its own. */
const leastStallTimeoutMs = 180_000;

/** @param abandoned instances whose databases were ended for good: it grows while driving */
export async function driveInstances(
  instances: readonly Instance[],
  cell: Cell,
  abandoned: ReadonlySet<number>,
  { spoolPath, onMeasureStart, signal }: DriveContext,
): Promise<DriveFindings> {
  const clock = startClock();
  const mayGoOn = isReplicated(cell) && factorsOf(cell).onPeerLoss === 'drop-and-report';
  const crew = assembleCrew(instances, mayGoOn);
  const phases = new Map<AgentPhase, PhaseReports>();
  const run = async (phase: AgentPhase) => void phases.set(phase, await crew.run(phase, signal));

  const before = await Promise.all(instances.map((instance) => compareClocks(instance, clock, signal)));
  await run('sync');
  if (cell.warmupRequests > 0) await run('warm-up');
  const countersBefore = await countersOf(instances, crew, signal);
  onMeasureStart();
  const measured = await measure(instances, crew, abandoned, cell, signal);
  if (measured.reports !== null) phases.set('measure', measured.reports);
  const countersAfter = await countersOf(instances, crew, signal);
  // The rows in the table of a dead database are nobody's concern any more.
  const host = lowestAddress(instances.map(({ database }) => database));
  if (measured.reports !== null && !crew.gone.has(host) && !abandoned.has(host)) await run('desync');

  const reports = await reportsOf(instances, crew, measured.stall, signal);
  const mappings = await Promise.all(
    instances.map(async (instance, index) => {
      const first = before[index];
      if (first === undefined || reports[index] === null) return null;
      const last = await compareClocks(instance, clock, signal);
      return mapClock(first.quickest, last.quickest, first.expectedOffsetNs);
    }),
  );
  const sources = instances.flatMap((instance, index) => {
    const [report, mapping] = [reports[index], mappings[index]];
    return report && mapping ? [{ instance, files: report.cycleFiles, mapping }] : [];
  });
  const totals = await spoolCycles(spoolPath, sources, instances.length, signal);
  const outcome = outcomeOf(cell, clock, measured.stall, phases.get('measure'), mappings, reports);
  return { outcome, phases, countersBefore, countersAfter, reports, mappings, totals, abandoned };
}

interface Measured {
  /** null when the trial stalled. */
  readonly reports: PhaseReports | null;
  readonly stall: StallReport | null;
}

async function measure(
  instances: readonly Instance[],
  crew: Crew,
  abandoned: ReadonlySet<number>,
  cell: Cell,
  signal: AbortSignal,
): Promise<Measured> {
  const over = new AbortController();
  const until = anySignal(signal, over.signal);
  const lanesOf = (index: number) => Math.ceil((cell.clients - index) / cell.replicas);
  const cyclesOf = (index: number) => lanesOf(index) * (cell.warmupRequests + cell.requests);
  const mayRest = (index: number) => crew.gone.has(index) || abandoned.has(index);
  const watch = watchForStall(instances, mayRest, cyclesOf, stallTimeoutMs(cell), until);
  const running = crew.run('measure', until);
  try {
    return await Promise.race([
      running.then((reports) => ({ reports, stall: null })),
      watch.then((stall) => ({ reports: null, stall })),
    ]);
  } finally {
    over.abort();
    await Promise.allSettled([running, watch]);
  }
}

/** A loop may rest for as long as its turns are apart. */
function stallTimeoutMs({ load, clients, requestTimeoutMs }: Cell): number {
  const turnMs = load.kind === 'open' ? (clients / load.ratePerS) * 1000 : 0;
  return leastStallTimeoutMs + 3 * Math.max(requestTimeoutMs, turnMs);
}

interface Compared {
  readonly quickest: Exchange;
  /** Harness time minus agent time, if both read the same clock. */
  readonly expectedOffsetNs: number;
}

async function compareClocks({ agent }: Instance, clock: DriveClock, signal: AbortSignal): Promise<Compared> {
  let expectedOffsetNs = 0;
  const quickest = await exchangeTimes(clock.nowNs, async () => {
    const { nowNs, epochHrtimeNs } = await agent.clock(signal);
    expectedOffsetNs = Number(BigInt(epochHrtimeNs) - clock.epochHrtimeNs);
    return nowNs;
  });
  return { quickest, expectedOffsetNs };
}

function countersOf(
  instances: readonly Instance[],
  { gone }: Crew,
  signal: AbortSignal,
): Promise<(Counters | null)[]> {
  return Promise.all(
    instances.map(async ({ index, database }) => (gone.has(index) ? null : readCounters(database, signal))),
  );
}

/** After a stall an agent may be unable to answer; its cycles are lost then. */
async function reportsOf(
  instances: readonly Instance[],
  crew: Crew,
  stall: StallReport | null,
  signal: AbortSignal,
): Promise<(AgentReport | null)[]> {
  return Promise.all(
    instances.map(async ({ agent, index }) => {
      if (crew.gone.has(index)) return null;
      if (stall === null) return agent.report(signal);
      return agent.report(AbortSignal.any([signal, AbortSignal.timeout(reportTimeoutMs)])).catch(() => null);
    }),
  );
}
