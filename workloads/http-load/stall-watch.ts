/** Notices that answers have stopped for good, and says what each target looked like then. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StallReport } from '../workload.ts';
import type { LoadLoop, Session } from './session.ts';

/** Requests that are out or due, and clients that want a connection: what an answer is missing for. */
function waiting(session: Session, loop: LoadLoop): number {
  const clients = session.clients.filter(
    ({ outstanding, connection }) => outstanding || connection?.isUp() !== true,
  );
  return clients.length + loop.backlog();
}

/**
 * Resolves when something was waiting for `stallTimeoutMs` without a single answer to anyone; rejects with the
 * signal's reason.
 */
export async function watchForStall(
  session: Session,
  loop: LoadLoop,
  stallTimeoutMs: number,
  signal: AbortSignal,
): Promise<StallReport> {
  const intervalMs = Math.max(10, Math.min(250, stallTimeoutMs / 20));
  let silentSinceNs = session.clock.nowNs();
  for (;;) {
    await sleep(intervalMs, undefined, { signal });
    const nowNs = session.clock.nowNs();
    const outstanding = waiting(session, loop);
    silentSinceNs = outstanding === 0 ? nowNs : Math.max(silentSinceNs, session.lastAnswerNs() ?? 0);
    if (nowNs - silentSinceNs >= stallTimeoutMs * 1e6) {
      return {
        lastAnswerNs: session.lastAnswerNs() ?? null,
        silentMs: (nowNs - silentSinceNs) / 1e6,
        outstanding,
        observations: await session.watch.observe(nowNs),
      };
    }
  }
}
