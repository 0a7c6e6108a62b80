/**
 * One drive of an HTTP load, from connecting to the last answer, in this process. The shell that gives it a process
 * of its own is `driver-process.ts`.
 */
import { deferred } from '../../harness/foundation/deferred.ts';
import type { SampleRecorder } from '../../results/sample/sample.ts';
import type { DriveOutcome, StallReport } from '../workload.ts';
import { closedLoop } from './closed-loop.ts';
import { takeOver } from './connection.ts';
import { openConnections, type Connections } from './connections.ts';
import { observeDriver, type ProcessFacts } from './driver-facts.ts';
import { observePauses } from './gc-pauses.ts';
import { openLoop } from './open-loop.ts';
import { startPacer } from './pacer.ts';
import type { PhaseEvents } from './phases.ts';
import { checkPlan, firstTargets, type HttpLoadPlan, type RequestCodec } from './plan.ts';
import { openSession, type LoadLoop, type Session } from './session.ts';
import { watchForStall } from './stall-watch.ts';

export interface Drive {
  readonly plan: HttpLoadPlan;
  readonly codec: RequestCodec;
  /** Left open: its owner closes it. */
  readonly recorder: SampleRecorder;
  readonly onMeasureStart: () => void;
  readonly signal: AbortSignal;
}

/**
 * Resolves when every request is answered or when answers have stopped for good (`stall`). The counts cover warm-up
 * and measurement; `driver` covers the measurement.
 *
 * @throws StrataError E530 for a plan that cannot be driven; the signal's reason; whatever the codec throws
 */
export async function driveHttpLoad(drive: Drive): Promise<DriveOutcome> {
  const { plan, signal } = drive;
  checkPlan(plan);
  signal.throwIfAborted();
  const session = openSession(plan, drive.codec, drive.recorder);
  const pauses = observePauses(session.clock);
  const measurement = markMeasurement(session, drive.onMeasureStart);
  const completed = deferred<null>();
  const events: PhaseEvents = {
    onMeasureStart: measurement.begin,
    onComplete: () => completed.resolve(null),
  };
  await using pacer = plan.load.kind === 'open' ? startPacer(session.clock) : undefined;
  const loop =
    plan.load.kind === 'open' && pacer !== undefined
      ? openLoop(plan, plan.load.ratePerS, session, pacer, events)
      : closedLoop(plan, session, events);
  await using connections = connectClients(plan, session, loop);
  try {
    const stall = await firstOf(completed.promise, signal, (until) =>
      watchForStall(session, loop, plan.stallTimeoutMs, until),
    );
    const measured = measurement.end(stall);
    const backlog = loop.backlog();
    connections.cut();
    session.abandon();
    return { ...outcome(session, measured, backlog, stall), annotations: pauses() };
  } finally {
    loop.stop();
    pauses();
  }
}

interface Measured extends Pick<DriveOutcome, 'measureStartNs' | 'measureEndNs'> {
  readonly facts: ProcessFacts;
}

/** @param backlog requests that were due and had not been given to a client */
function outcome(
  session: Session,
  { facts, ...times }: Measured,
  backlog: number,
  stall: StallReport | null,
): DriveOutcome {
  const { epochHrtimeNs, epochIso } = session.clock;
  const { acknowledged, unanswered, unwritten, resent } = session.counts;
  const driver = { ...facts, neverSent: backlog + unwritten };
  return { epochHrtimeNs, epochIso, ...times, driver, acknowledged, unanswered, resent, stall };
}

function connectClients(plan: HttpLoadPlan, session: Session, loop: LoadLoop): Connections {
  const first = firstTargets(plan);
  const { targets, requestTimeoutMs } = plan;
  return openConnections(plan.clients, (client, index) => {
    const one = session.clients[index];
    if (one === undefined) throw new RangeError(`autocannon made connection ${index} of ${plan.clients}`);
    const route = { targets, first: first[index] ?? 0, requestTimeoutMs, watch: session.watch };
    one.connection = takeOver(client, route, session.ownerOf(one, loop));
  });
}

/** Before the measurement begins, the facts are those of the whole drive. */
function markMeasurement(session: Session, onMeasureStart: () => void) {
  let facts = observeDriver();
  let measureStartNs: number | undefined;
  return {
    begin: () => {
      facts();
      facts = observeDriver();
      onMeasureStart();
      measureStartNs = session.clock.nowNs();
    },
    end: (stall: StallReport | null): Measured => {
      const nowNs = session.clock.nowNs();
      const measureEndNs = stall === null ? (session.lastAnswerNs() ?? nowNs) : nowNs;
      return { measureStartNs: measureStartNs ?? nowNs, measureEndNs, facts: facts() };
    },
  };
}

/** The completion, or what `watch` finds first; the watch is over when this returns. */
async function firstOf<T, S>(
  completed: Promise<T>,
  signal: AbortSignal,
  watch: (until: AbortSignal) => Promise<S>,
): Promise<T | S> {
  const over = new AbortController();
  const watched = watch(AbortSignal.any([signal, over.signal]));
  try {
    return await Promise.race([completed, watched]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
    await Promise.allSettled([watched]);
  }
}
