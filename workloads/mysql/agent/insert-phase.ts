/** One phase of inserting, warm-up or measured: all loops of the instance at once, paced or as fast as they can. */
import { deferred } from '../../../harness/foundation/deferred.ts';
import type { DriveClock } from '../../http-load/clock.ts';
import type { Pacer } from '../../http-load/pacer.ts';
import type { Lane } from './lane.ts';
import type { AgentConfig, PhaseReport } from './messages.ts';
import { scheduleOf, ticksOf, type Pace } from './pacing.ts';

export interface InsertPhase {
  readonly config: AgentConfig;
  readonly lanes: readonly Lane[];
  readonly clock: DriveClock;
  /** null = as fast as possible. */
  readonly pacer: Pacer | null;
  readonly phase: 0 | 1;
  readonly cycles: number;
  /** Rejects when something happens that no policy covers. */
  readonly fatal: Promise<never>;
}

/** Between the order and the first intended time. */
const leadNs = 5e6;

export async function runInsertPhase(request: InsertPhase): Promise<PhaseReport> {
  const { config, lanes, clock, pacer, fatal } = request;
  const isPaced = pacer !== null && config.ratePerS !== null;
  const startNs = clock.nowNs() + (isPaced ? leadNs : 0);
  const running = isPaced ? runPaced(request, pacer, startNs, config.ratePerS) : runClosed(request);
  try {
    await Promise.race([running, fatal]);
  } catch (error) {
    for (const lane of lanes) lane.stop();
    throw error;
  }
  const reachedNs = Math.max(startNs, ...lanes.map((lane) => lane.lastDoneNs()));
  return { startNs, reachedNs, endNs: clock.nowNs() };
}

async function runClosed({ lanes, phase, cycles }: InsertPhase): Promise<void> {
  await Promise.all(lanes.map((lane) => lane.run(phase, cycles, null)));
}

async function runPaced(
  { config, lanes, phase, cycles }: InsertPhase,
  pacer: Pacer,
  startNs: number,
  ratePerS: number,
): Promise<void> {
  const pace: Pace = { startNs, intervalNs: 1e9 / ratePerS, clients: config.clients };
  pacer.onTick(() => {
    for (const lane of lanes) lane.tick();
  });
  const ticks = ticksOf(pace, config.instance, config.databases.length, cycles);
  pacer.start(ticks.startNs, ticks.intervalNs, ticks.count);
  await Promise.all(lanes.map((lane) => lane.run(phase, cycles, scheduleOf(pace, lane.lane))));
}

/** Resolves when the thread of a pacer keeps time: it takes a while to start. */
export async function pacerReady(pacer: Pacer, clock: DriveClock): Promise<void> {
  const ticked = deferred<undefined>();
  pacer.onTick(() => ticked.resolve(undefined));
  pacer.start(clock.nowNs(), 1e6, 1);
  await ticked.promise;
}

/** A promise that only ever rejects, and the way to do so. */
export function fatality(): { readonly promise: Promise<never>; readonly raise: (error: Error) => void } {
  const { promise, reject } = deferred<never>();
  // It may be raised between two phases, when nobody listens; the next one hears of it.
  promise.catch(() => undefined);
  return { promise, raise: reject };
}
