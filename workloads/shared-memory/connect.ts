/** The one place that knows which implementation serves a kind of shared memory. */
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { defaultClientOptions, type MemoryClientOptions } from './client-options.ts';
import type { Endpoint } from './failures.ts';
import type { SharedMemory } from './shared-memory.ts';

/**
 * Connects and proves the connection with one read. The signal ends the connecting only: the client lives until it
 * is disposed. Rejects with E510 when the store cannot be reached.
 */
export async function connectSharedMemory(
  endpoint: Endpoint,
  signal: AbortSignal,
  options: MemoryClientOptions = defaultClientOptions,
): Promise<SharedMemory> {
  const wait = {
    what: `a connection to the ${endpoint.kind} store at ${endpoint.host}:${endpoint.port}`,
    timeoutMs: options.connectTimeoutMs,
    signal,
    code: 'STRATA-E510' as const,
    fix: 'check that the store is running and that host and port are right',
  };
  const connecting = connect(endpoint, options);
  try {
    return await withDeadline(wait, () => connecting);
  } catch (error) {
    // It may still come about: then nobody wants it any more.
    void connecting.then(
      (memory) => memory[Symbol.asyncDispose](),
      () => undefined,
    );
    throw error;
  }
}

/** Each client is loaded only where it is used. */
async function connect(endpoint: Endpoint, options: MemoryClientOptions): Promise<SharedMemory> {
  if (endpoint.kind === 'etcd') {
    const { connectEtcd } = await import('./etcd/client.ts');
    return connectEtcd(endpoint, options);
  }
  const { connectEmbedded } = await import('./embedded/client.ts');
  return connectEmbedded(endpoint, options);
}
