/**
 * Open loop at a fixed rate: request k of a phase is due at the phase's start + k / rate, whatever the server does.
 * It goes to the connection that has been idle longest. When all are busy it waits here, and its latency counts from
 * the time it was due (no coordinated omission).
 *
 * Any idle connection rather than fixed turns: with turns a request due on a connection that waits for one slow
 * answer would wait too while others idle, so that the load generator itself would add a queue per connection. The
 * longest-idle order still spreads the requests evenly over connections and so over replicas.
 */
import type { HttpLoadPlan } from './plan.ts';
import { plannedPhases, type PhaseEvents } from './phases.ts';
import type { Pacer } from './pacer.ts';
import type { LoadClient, LoadLoop, Session } from './session.ts';

export function openLoop(
  plan: HttpLoadPlan,
  ratePerS: number,
  session: Session,
  pacer: Pacer,
  events: PhaseEvents,
): LoadLoop {
  const remaining = plannedPhases(plan);
  const { nowNs } = session.clock;
  const idle = new Set<LoadClient>();
  let phase: 0 | 1 = 0;
  /** Empty while the clients connect. */
  let schedule = fixedRate(0, 1e9 / ratePerS, 0);
  let answers = 0;
  let scheduled: NodeJS.Immediate | undefined;

  function next(client: LoadClient): boolean {
    if (schedule.isDue(nowNs())) {
      session.issue(client, phase, schedule.take());
      return true;
    }
    idle.add(client);
    if (answers === schedule.total && idle.size === plan.clients) scheduled ??= setImmediate(beginNextPhase);
    return false;
  }

  function dispatch(): void {
    for (const client of idle) {
      if (!schedule.isDue(nowNs())) return;
      idle.delete(client);
      if (client.connection?.isUp() !== true) continue;
      session.issue(client, phase, schedule.take());
      client.connection.send();
    }
  }

  function beginNextPhase(): void {
    scheduled = undefined;
    const begun = remaining.shift();
    if (begun === undefined) {
      events.onComplete();
      return;
    }
    phase = begun.phase;
    answers = 0;
    if (phase === 1) events.onMeasureStart();
    schedule = fixedRate(nowNs(), 1e9 / ratePerS, begun.requestsPerClient * plan.clients);
    pacer.start(schedule.startNs, schedule.intervalNs, schedule.total);
    dispatch();
  }

  pacer.onTick(dispatch);
  return {
    next,
    answered: () => {
      answers += 1;
    },
    backlog: () => schedule.overdue(nowNs()),
    stop: () => clearImmediate(scheduled),
  };
}

interface Schedule {
  readonly startNs: number;
  readonly intervalNs: number;
  readonly total: number;
  readonly isDue: (nowNs: number) => boolean;
  /** Takes the earliest request that is left; its intended time. */
  readonly take: () => number;
  /** Requests due and not taken. */
  readonly overdue: (nowNs: number) => number;
}

function fixedRate(startNs: number, intervalNs: number, total: number): Schedule {
  let taken = 0;
  return {
    startNs,
    intervalNs,
    total,
    isDue: (nowNs) => taken < total && startNs + taken * intervalNs <= nowNs,
    take: () => {
      taken += 1;
      return Math.round(startNs + (taken - 1) * intervalNs);
    },
    overdue: (nowNs) => Math.min(total, Math.floor((nowNs - startNs) / intervalNs) + 1) - taken,
  };
}
