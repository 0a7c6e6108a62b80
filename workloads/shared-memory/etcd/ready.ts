/** Whether an etcd member serves: asked of its own health endpoint, which does a linearizable read. */
import { get } from 'node:http';
import { waitFor } from '../../../harness/foundation/deadline.ts';

export interface EtcdEndpoint {
  readonly host: string;
  readonly port: number;
}

export interface EtcdReadyOptions {
  /** 20 s unless told. */
  readonly timeoutMs?: number;
  /** Where etcd's own words are, for the error. */
  readonly log?: string;
}

const attemptTimeoutMs = 2_000;

/** Resolves when etcd is healthy; rejects with E519 at the deadline, the last failure as its cause. */
export async function etcdReady(
  endpoint: EtcdEndpoint,
  signal: AbortSignal,
  options: EtcdReadyOptions = {},
): Promise<void> {
  const url = `http://${endpoint.host}:${endpoint.port}/health`;
  await waitFor(
    {
      what: `etcd to be healthy at ${url}`,
      timeoutMs: options.timeoutMs ?? 20_000,
      signal,
      code: 'STRATA-E519',
      fix: "read etcd's log; a port in use and a full disk are the usual reasons",
      ...(options.log === undefined ? {} : { log: options.log }),
    },
    () => askHealth(url, signal),
  );
}

async function askHealth(url: string, signal: AbortSignal): Promise<true> {
  const attempt = AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]);
  const { statusCode, body } = await fetchText(url, attempt);
  if (statusCode !== 200 || !body.includes('"true"')) throw new Error(`${url}: ${statusCode} ${body.trim()}`);
  return true;
}

function fetchText(url: string, signal: AbortSignal): Promise<{ statusCode: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', reject);
      response.on('end', () => resolve({ statusCode: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}
