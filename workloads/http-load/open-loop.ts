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
  const intervalNs = 1e9 / ratePerS;
  const idle = new Set<LoadClient>();
  let phase: 0 | 1 = 0;
  let startNs = 0;
  /** Of the phase: requests in all, handed to a connection, answered. */
  let total = 0;
  let issued = 0;
  let answers = 0;
  let scheduled: NodeJS.Immediate | undefined;

  const dueNs = () => startNs + issued * intervalNs;
  const isDue = () => issued < total && dueNs() <= session.clock.nowNs();

  function issueTo(client: LoadClient): void {
    session.issue(client, phase, Math.round(dueNs()));
    issued += 1;
  }

  function next(client: LoadClient): boolean {
    if (isDue()) {
      issueTo(client);
      return true;
    }
    idle.add(client);
    if (answers === total && idle.size === plan.clients) scheduled ??= setImmediate(beginNextPhase);
    return false;
  }

  function dispatch(): void {
    for (const client of idle) {
      if (!isDue()) return;
      idle.delete(client);
      if (client.connection?.isUp() !== true) continue;
      issueTo(client);
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
    total = begun.requestsPerClient * plan.clients;
    issued = 0;
    answers = 0;
    if (phase === 1) events.onMeasureStart();
    startNs = session.clock.nowNs();
    pacer.start(startNs, intervalNs, total);
    dispatch();
  }

  pacer.onTick(dispatch);
  return {
    next,
    answered: () => {
      answers += 1;
    },
    backlog: () => Math.min(total, Math.floor((session.clock.nowNs() - startNs) / intervalNs) + 1) - issued,
    stop: () => clearImmediate(scheduled),
  };
}
