/** The agent's ear: a small HTTP server through which the harness begins phases and asks how it goes. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { deferred } from '../../../harness/foundation/deferred.ts';
import { toldError } from '../../../harness/foundation/told-error.ts';
import type { Agent } from './agent.ts';
import { agentPhases, type PhaseOrder } from './messages.ts';

/** Listens on the given address; rejects when the port is in use. */
export async function openControl(
  listen: { readonly host: string; readonly port: number },
  agent: Agent,
): Promise<Server> {
  const server = createServer((request, response) => void handle(request, response, agent));
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const listening = deferred<undefined>();
  server.once('error', listening.reject);
  server.listen(listen.port, listen.host, () => listening.resolve(undefined));
  await listening.promise;
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse, agent: Agent): Promise<void> {
  try {
    const answer = await answerTo(request, agent);
    if (answer === undefined) reply(response, 404, { error: `no ${request.url ?? ''} here` });
    else reply(response, 200, answer);
  } catch (error) {
    reply(response, 500, toldError(error));
  }
}

async function answerTo(request: IncomingMessage, agent: Agent): Promise<unknown> {
  const path = request.url ?? '/';
  if (request.method === 'GET') {
    if (path === '/clock') return agent.clock();
    if (path === '/status') return agent.status();
    return path === '/report' ? agent.report() : undefined;
  }
  if (path === '/abandon') {
    agent.abandon(JSON.parse(await bodyOf(request)) as PhaseOrder);
    return {};
  }
  const phase = agentPhases.find((name) => path === `/phase/${name}`);
  if (phase === undefined) return undefined;
  return agent.phase(phase, JSON.parse(await bodyOf(request)) as PhaseOrder);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}

function reply(response: ServerResponse, status: number, content: unknown): void {
  // The harness may have gone.
  if (response.destroyed) return;
  const body = JSON.stringify(content);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}
