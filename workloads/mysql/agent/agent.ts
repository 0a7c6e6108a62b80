/**
 * The inserter of the paper, one per node: its loops with their connections, and the three phases, each begun by the
 * harness so that none overlaps another's.
 */
import { startClock, type DriveClock } from '../../http-load/clock.ts';
import { startPacer } from '../../http-load/pacer.ts';
import { observeDriver, type ProcessFacts } from '../../http-load/driver-facts.ts';
import { channelTo, ownLanes, ownLink, peersOf } from './connections.ts';
import { openCycleLog, type CycleLog } from './cycle-log.ts';
import { fatality, pacerReady, runInsertPhase } from './insert-phase.ts';
import type { Peer } from './gathering.ts';
import { createLane, type Lane } from './lane.ts';
import type { Link } from './link.ts';
import { openMeeting } from './meeting.ts';
import type {
  AgentClock,
  AgentConfig,
  AgentPhase,
  AgentReport,
  AgentStatus,
  Loss,
  PhaseOrder,
  PhaseReport,
} from './messages.ts';
import { reportOf } from './report.ts';

export interface Agent {
  readonly clock: () => AgentClock;
  readonly status: () => AgentStatus;
  /** Carries out a phase to its end. */
  readonly phase: (phase: AgentPhase, order: PhaseOrder) => Promise<PhaseReport>;
  /** The databases of these instances are gone for good. */
  readonly abandon: (order: PhaseOrder) => void;
  /** After the last phase. */
  readonly report: () => Promise<AgentReport>;
}

/** A loop with its connections. */
interface OpenLane {
  readonly lane: Lane;
  readonly own: Link;
  readonly peers: readonly Peer[];
}

/** What the loops of an agent share. */
interface Shared {
  readonly config: AgentConfig;
  readonly clock: DriveClock;
  readonly log: CycleLog;
  readonly signal: AbortSignal;
  readonly fatal: ReturnType<typeof fatality>;
  readonly losses: Loss[];
  readonly counts: { losses: number };
}

/** Losses beyond these are counted only. */
const keptLosses = 100;
const expiryIntervalMs = 100;

export function createAgent(config: AgentConfig): Agent {
  const clock = startClock();
  const log = openCycleLog(config.cyclesDir, config.databases.length);
  const { signal } = new AbortController();
  const shared: Shared = {
    ...{ config, clock, log, signal, fatal: fatality(), losses: [], counts: { losses: 0 } },
  };
  const open = ownLanes(config).map((lane) => openLane(shared, lane));
  const phases = phasesOf(shared, open);
  let current: AgentPhase | null = null;
  return {
    clock: () => ({ nowNs: clock.nowNs(), epochHrtimeNs: clock.epochHrtimeNs.toString() }),
    status: () => ({
      phase: current,
      cycles: sum(open.map(({ lane }) => lane.counts.ok + lane.counts.failed)),
    }),
    phase: (phase, order) => {
      current = phase;
      return phases.run(phase, order);
    },
    abandon: ({ gone }) => {
      const dead = open.flatMap(({ peers }) => peers.filter(({ peer }) => gone.includes(peer)));
      for (const { channel } of dead) channel.abandon();
      if (gone.includes(config.instance)) for (const { own } of open) own.abandon();
    },
    report: async () => {
      const { losses, counts } = shared;
      const cycleFiles = await log.close();
      return { ...reportOf(open), cycleFiles, driver: phases.driver(), lossCount: counts.losses, losses };
    },
  };
}

function phasesOf({ config, clock, signal, fatal }: Shared, open: readonly OpenLane[]) {
  const lanes = open.map(({ lane }) => lane);
  const links = open.flatMap(({ own, peers }) => [own, ...peers.map(({ channel }) => channel.link)]);
  const meeting = openMeeting(config, signal);
  const pacer = config.ratePerS === null ? null : startPacer(clock);
  let driver: ProcessFacts = observeDriver()();
  const sync = async (): Promise<PhaseReport> => {
    const startNs = clock.nowNs();
    await Promise.all(links.map((link) => link.open(config.timeoutsMs.sync)));
    if (pacer !== null) await pacerReady(pacer, clock);
    const reachedNs = clock.nowNs();
    setInterval(() => links.forEach((link) => link.expire(performance.now())), expiryIntervalMs).unref();
    await meeting.arrive();
    return { startNs, reachedNs, endNs: clock.nowNs() };
  };
  const insert = async (phase: 0 | 1): Promise<PhaseReport> => {
    const facts = observeDriver();
    const cycles = phase === 0 ? config.warmupRequests : config.requests;
    try {
      return await runInsertPhase({ config, lanes, clock, pacer, phase, cycles, fatal: fatal.promise });
    } finally {
      driver = facts();
    }
  };
  const desync = async ({ gone }: PhaseOrder): Promise<PhaseReport> => {
    const startNs = clock.nowNs();
    await meeting.leave(gone);
    return { startNs, reachedNs: startNs, endNs: clock.nowNs() };
  };
  return {
    /** Of the last phase of inserting. */
    driver: () => driver,
    run: (phase: AgentPhase, order: PhaseOrder): Promise<PhaseReport> => {
      if (phase === 'sync') return sync();
      if (phase === 'desync') return desync(order);
      return insert(phase === 'warm-up' ? 0 : 1);
    },
  };
}

function openLane(shared: Shared, lane: number): OpenLane {
  const { config, clock, log, signal, fatal } = shared;
  const onLossOf = (peer: number) => (error: Error) => {
    shared.counts.losses += 1;
    if (shared.losses.length >= keptLosses) return;
    shared.losses.push({ lane, peer, atNs: clock.nowNs(), words: error.message });
  };
  const own = ownLink(config, lane, signal);
  const peers = peersOf(config).map((peer): Peer => {
    const ears = { signal, onLoss: onLossOf(peer), onFatal: fatal.raise };
    return { peer, channel: channelTo(config, lane, peer, ears) };
  });
  const parts = { lane, config, own, peers, nowNs: clock.nowNs, record: log.record };
  const made = createLane({ ...parts, onLoss: onLossOf(config.instance), onFatal: fatal.raise });
  return { lane: made, own, peers };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
