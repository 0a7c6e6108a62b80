/** Asks replicas how they are, from the harness. */
import { request } from 'node:http';
import { deferred } from '../../harness/foundation/deferred.ts';
import type { ReplicaStatus } from './replica/status.ts';

export interface ReplicaEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

const askTimeoutMs = 2_000;

/** The status of a replica that answers; rejects with the network's own words when it does not. */
export async function askStatus(endpoint: ReplicaEndpoint, signal: AbortSignal): Promise<ReplicaStatus> {
  const { status, body } = await get(endpoint, '/status', signal);
  if (status !== 200) throw new Error(`${endpoint.name} answered ${status}: ${body.slice(0, 200)}`);
  return JSON.parse(body) as ReplicaStatus;
}

/** What the replica's clock says: `process.hrtime.bigint()` of its node. */
export async function askClock(endpoint: ReplicaEndpoint, signal: AbortSignal): Promise<bigint> {
  const { status, body } = await get(endpoint, '/clock', signal);
  if (status !== 200) throw new Error(`${endpoint.name} answered ${status}: ${body.slice(0, 200)}`);
  return BigInt(body);
}

/** True once the replica watches the shared memory and takes requests. */
export async function isHealthy(endpoint: ReplicaEndpoint, signal: AbortSignal): Promise<boolean> {
  const { status } = await get(endpoint, '/health', signal);
  return status === 200;
}

function get(
  endpoint: ReplicaEndpoint,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  const answer = deferred<{ status: number; body: string }>();
  const { host, port, name } = endpoint;
  const asking = request({ host, port, path, agent: false, signal, timeout: askTimeoutMs }, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (body += chunk));
    response.on('end', () => answer.resolve({ status: response.statusCode ?? 0, body }));
    response.on('error', answer.reject);
  });
  asking.on('timeout', () =>
    asking.destroy(new Error(`${name} did not answer within ${askTimeoutMs / 1000} s`)),
  );
  asking.on('error', answer.reject);
  asking.end();
  return answer.promise;
}
