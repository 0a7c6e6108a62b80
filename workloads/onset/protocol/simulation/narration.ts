/** Events and transactions in a line each, for the trace of a replayed seed. */
import type { Transaction, WatchBatch } from '../../../shared-memory/shared-memory.ts';
import type { ReplicaEvent } from '../messages.ts';

export function describeEvent(event: ReplicaEvent): string {
  if (event.kind === 'watch') return `watch ${describeBatch(event.batch)}`;
  if (event.kind === 'committed')
    return `committed ${event.tag.kind} ${event.commit.succeeded ? 'held' : 'failed'} at ${event.commit.revision}`;
  if (event.kind === 'unknown') return `unknown ${event.tag.kind}`;
  if (event.kind === 'synced') return `synced at ${event.revision}, ${event.records.length} records`;
  return JSON.stringify(event);
}

function describeBatch(batch: WatchBatch): string {
  const keys = batch.events.map((event) => (event.kind === 'put' ? `+${event.record.key}` : `-${event.key}`));
  return `@${batch.revision} ${keys.join(' ')}`;
}

export function describeTransaction({ success }: Transaction): string {
  const words = success.map((operation) => {
    if (operation.op === 'put') return `${operation.key}=${operation.value}`;
    const { select } = operation;
    const range = 'key' in select ? select.key : 'prefix' in select ? `${select.prefix}*` : `${select.from}…`;
    return `${operation.op} ${range}`;
  });
  return words.join('; ');
}
