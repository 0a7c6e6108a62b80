/** Entry of a replica's process on a node: its configuration is the last argument, as JSON. */
import { connectSharedMemory } from '../../shared-memory/connect.ts';
import { openExecutionLog } from '../execution-log.ts';
import { openHttpFront } from './http-front.ts';
import { startReplica } from './replica.ts';
import type { ReplicaConfig } from './status.ts';

async function main(): Promise<void> {
  const config = JSON.parse(process.argv.at(-1) ?? '') as ReplicaConfig;
  const memory = await connectSharedMemory(config.sharedMemory, new AbortController().signal);
  const replica = startReplica(config, memory, openExecutionLog(config.executionLogPath), die);
  await openHttpFront(config.listen, {
    onRequest: (request, waiter) => replica.request(request, waiter),
    isReady: () => replica.isReady(),
    status: () => replica.status(),
  });
}

function die(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

main().catch(die);
