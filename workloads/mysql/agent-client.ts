/** Speaks with the agents from the harness. */
import { Agent as HttpAgent, request } from 'node:http';
import { deferred } from '../../harness/foundation/deferred.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { ToldError } from '../../harness/foundation/told-error.ts';
import type {
  AgentClock,
  AgentPhase,
  AgentReport,
  AgentStatus,
  PhaseOrder,
  PhaseReport,
} from './agent/messages.ts';

export interface AgentEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface AgentClient {
  readonly clock: (signal: AbortSignal) => Promise<AgentClock>;
  readonly status: (signal: AbortSignal) => Promise<AgentStatus>;
  /** Resolves when the phase is over; rejects with the agent's own error when it failed. */
  readonly phase: (phase: AgentPhase, order: PhaseOrder, signal: AbortSignal) => Promise<PhaseReport>;
  /** Says of which instances the databases are gone for good. */
  readonly abandon: (order: PhaseOrder, signal: AbortSignal) => Promise<void>;
  readonly report: (signal: AbortSignal) => Promise<AgentReport>;
}

const askTimeoutMs = 10_000;

export function agentClient(endpoint: AgentEndpoint): AgentClient & Disposable {
  const connections = new HttpAgent({ keepAlive: true });
  const ask = async <T>(method: string, path: string, limits: Limits): Promise<T> =>
    JSON.parse(await call(endpoint, connections, method, path, limits)) as T;
  return {
    clock: (signal) => ask('GET', '/clock', { signal, timeoutMs: askTimeoutMs }),
    status: (signal) => ask('GET', '/status', { signal, timeoutMs: askTimeoutMs }),
    report: (signal) => ask('GET', '/report', { signal, timeoutMs: null }),
    abandon: (order, signal) =>
      ask('POST', '/abandon', { signal, timeoutMs: askTimeoutMs, body: JSON.stringify(order) }),
    phase: (phase, order, signal) =>
      ask('POST', `/phase/${phase}`, { signal, timeoutMs: null, body: JSON.stringify(order) }),
    [Symbol.dispose]: () => connections.destroy(),
  };
}

interface Limits {
  readonly signal: AbortSignal;
  /** null = as long as it takes. */
  readonly timeoutMs: number | null;
  readonly body?: string;
}

async function call(
  { name, host, port }: AgentEndpoint,
  agent: HttpAgent,
  method: string,
  path: string,
  { signal, timeoutMs, body }: Limits,
): Promise<string> {
  const answer = deferred<{ status: number; content: string }>();
  const timeout = timeoutMs === null ? {} : { timeout: timeoutMs };
  const asking = request({ host, port, path, method, agent, signal, ...timeout }, (response) => {
    let content = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (content += chunk));
    response.on('end', () => answer.resolve({ status: response.statusCode ?? 0, content }));
    response.on('error', answer.reject);
  });
  asking.on('timeout', () =>
    asking.destroy(new Error(`the agent of ${name} did not answer within ${(timeoutMs ?? 0) / 1000} s`)),
  );
  asking.on('error', answer.reject);
  asking.end(body);
  const { status, content } = await answer.promise;
  if (status === 200) return content;
  throw agentError(name, JSON.parse(content) as ToldError);
}

function agentError(name: string, { code, message, fix, because }: ToldError): StrataError {
  return new StrataError({
    code: code ?? 'STRATA-E548',
    message: code === null ? `the agent of ${name} failed: ${message}` : `${name}: ${message}`,
    fix: fix ?? 'this is a fault of the agent: report it with the trace below',
    ...(because.length === 0 ? {} : { cause: new Error(because.join('\n')) }),
  });
}
