/**
 * Waits until the live replicas say the same thing and go on saying it: only then are their logs comparable. A
 * replica that was paused or is slow catches up here, within the deadline.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { asError } from '../../harness/foundation/errors.ts';
import { askStatus, type ReplicaEndpoint } from './replica-client.ts';
import type { ReplicaStatus } from './replica/status.ts';

const settleTimeoutMs = 60_000;
const pollIntervalMs = 25;

export interface Settled<Replica> {
  /** Replicas that answered, with their last status. */
  readonly answered: readonly { readonly replica: Replica; readonly status: ReplicaStatus }[];
  /** Replicas that should live and did not answer, with the reason. */
  readonly silent: readonly { readonly replica: Replica; readonly reason: string }[];
  /** All answered and agreed, twice in a row. */
  readonly agreed: boolean;
}

export async function settle<Replica extends ReplicaEndpoint>(
  replicas: readonly Replica[],
  signal: AbortSignal,
): Promise<Settled<Replica>> {
  const deadlineMs = performance.now() + settleTimeoutMs;
  let previous = '';
  for (;;) {
    const seen = await askAll(replicas, signal);
    const states = new Set(seen.answered.map(({ status }) => stateOf(status)));
    const [state = ''] = states;
    const agreed = seen.silent.length === 0 && states.size === 1;
    if (agreed && state === previous) return { ...seen, agreed };
    if (performance.now() >= deadlineMs) return { ...seen, agreed: false };
    previous = agreed ? state : '';
    await sleep(pollIntervalMs, undefined, { signal });
  }
}

/** What must be equal on all replicas. */
export function stateOf({ executedOrder, executedRequests, counter, logHash }: ReplicaStatus): string {
  return `${executedOrder} orders, ${executedRequests} requests, counter ${counter}, log ${logHash}`;
}

async function askAll<Replica extends ReplicaEndpoint>(replicas: readonly Replica[], signal: AbortSignal) {
  const answered: { replica: Replica; status: ReplicaStatus }[] = [];
  const silent: { replica: Replica; reason: string }[] = [];
  await Promise.all(
    replicas.map(async (replica) => {
      try {
        answered.push({ replica, status: await askStatus(replica, signal) });
      } catch (error) {
        signal.throwIfAborted();
        silent.push({ replica, reason: asError(error).message });
      }
    }),
  );
  return { answered, silent };
}
