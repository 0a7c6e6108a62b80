/** One client of the embedded server: answers its calls and keeps its watches fed. It does not know sockets. */
import { asError, causeChain, StrataError } from '../../../harness/foundation/errors.ts';
import { selects } from '../keys.ts';
import type { KeySelector, MemoryEvent } from '../shared-memory.ts';
import { revisionOf } from '../watch-book.ts';
import type { StoreCore } from './core.ts';
import type { Change } from './history.ts';
import type { Answer, Call, Refusal, Request } from './protocol.ts';
import { checkSelect } from './transaction-rules.ts';

/** Events beside their JSON, which is made once however many watches want it. */
export interface ChangeText {
  readonly events: readonly MemoryEvent[];
  readonly json: readonly string[];
}

export interface Session {
  take(request: Request): void;
  notify(change: ChangeText): void;
}

export interface SessionContext {
  readonly core: StoreCore;
  readonly nowMs: () => number;
  readonly send: (json: string) => void;
  /** A change was made: all sessions are to be notified. */
  readonly publish: (change: Change) => void;
  /** A lease was granted or prolonged. */
  readonly leasesChanged: () => void;
}

export function createSession(context: SessionContext): Session {
  const watches = new Map<number, { readonly select: KeySelector; readonly from: number }>();
  const send = (answer: Answer) => context.send(JSON.stringify(answer));
  const startWatch = ({ watch, select, from }: Request & { call: 'watch' }) => {
    checkSelect(select);
    const past = context.core.since(from);
    send({ watch, ready: true });
    if ('compacted' in past) {
      send({ watch, compacted: past.compacted });
      return;
    }
    const events = past.changes.flatMap((change) => change.events).filter((event) => wants(select, event));
    if (events.length > 0) send({ watch, events });
    watches.set(watch, { select, from });
  };
  return {
    take(request) {
      try {
        if (request.call === 'watch') startWatch(request);
        else if (request.call === 'unwatch') watches.delete(request.watch);
        else send({ id: request.id, result: answer(context, request) });
      } catch (error) {
        const refusal = refusalOf(error);
        send('id' in request ? { id: request.id, refusal } : { watch: request.watch, refusal });
      }
    },
    notify({ events, json }) {
      for (const [watch, { select, from }] of watches) {
        const wanted = json.filter((_, index) => {
          const event = events[index];
          return event !== undefined && revisionOf(event) >= from && wants(select, event);
        });
        if (wanted.length > 0) context.send(`{"watch":${watch},"events":[${wanted.join(',')}]}`);
      }
    },
  };
}

function answer({ core, nowMs, publish, leasesChanged }: SessionContext, call: Call): unknown {
  switch (call.call) {
    case 'commit': {
      const { commit, change } = core.commit(call.transaction);
      if (change !== undefined) publish(change);
      return commit;
    }
    case 'range':
      return core.range(call.select);
    case 'compact':
      core.compact(call.revision);
      return null;
    case 'grant': {
      const lease = core.grantLease(call.ttlMs, nowMs());
      leasesChanged();
      return lease;
    }
    case 'keep-alive':
      core.keepAlive(call.lease, nowMs());
      leasesChanged();
      return null;
    case 'revoke': {
      const change = core.revokeLease(call.lease);
      if (change !== undefined) publish(change);
      return null;
    }
  }
}

function wants(select: KeySelector, event: MemoryEvent): boolean {
  return selects(select, event.kind === 'put' ? event.record.key : event.key);
}

function refusalOf(error: unknown): Refusal {
  const isExpiry = error instanceof StrataError && error.code === 'STRATA-E514';
  const message = isExpiry ? asError(error).message : causeChain(error).join(': ');
  return { reason: isExpiry ? 'lease-expired' : 'refused', message };
}
