/**
 * Closed loop: each client sends its next request when the answer to the last one is in. A client that has the
 * answers of its phase rests on its open connection until all the others have theirs.
 */
import type { HttpLoadPlan } from './plan.ts';
import { plannedPhases, type PhaseEvents } from './phases.ts';
import type { LoadClient, LoadLoop, Session } from './session.ts';

export function closedLoop(plan: HttpLoadPlan, session: Session, events: PhaseEvents): LoadLoop {
  const remaining = plannedPhases(plan);
  const resting = new Set<LoadClient>();
  let phase: 0 | 1 = 0;
  /** Requests each client may have issued by the end of the phase; 0 while the clients connect. */
  let limit = 0;
  let scheduled: NodeJS.Immediate | undefined;

  function next(client: LoadClient): boolean {
    if (client.issued < limit) {
      session.issue(client, phase, undefined);
      return true;
    }
    resting.add(client);
    if (resting.size === plan.clients) scheduled ??= setImmediate(beginNextPhase);
    return false;
  }

  function beginNextPhase(): void {
    scheduled = undefined;
    const begun = remaining.shift();
    if (begun === undefined) {
      events.onComplete();
      return;
    }
    phase = begun.phase;
    limit += begun.requestsPerClient;
    if (phase === 1) events.onMeasureStart();
    resting.clear();
    for (const client of session.clients) startClient(client);
  }

  /** A client whose connection was lost while it rested starts by itself once it is connected again. */
  function startClient(client: LoadClient): void {
    if (client.connection?.isUp() === true && next(client)) client.connection.send();
  }

  return {
    next,
    answered: () => undefined,
    backlog: () => 0,
    stop: () => clearImmediate(scheduled),
  };
}
