/** Where the Docker Engine is expected, by the same rules as its own command line. Pure but for one look at a file. */
import { existsSync } from 'node:fs';
import type { Agent } from 'node:http';
import { homedir } from 'node:os';
import path from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';

export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string; readonly from: string }
  /** Protocol, host and TLS are read from `DOCKER_*` by the client library. */
  | { readonly kind: 'remote'; readonly url: string; readonly from: string }
  /** Connections are made by the agent: an engine inside a machine that strata started. */
  | { readonly kind: 'tunnel'; readonly url: string; readonly from: string; readonly agent: Agent };

export function engineAddress(env: NodeJS.ProcessEnv = process.env): EngineAddress {
  const given = env['DOCKER_HOST'];
  if (given === undefined || given === '')
    return { kind: 'socket', path: defaultSocket(), from: 'the default' };
  if (given.startsWith('unix://')) {
    return { kind: 'socket', path: given.slice('unix://'.length) || defaultSocket(), from: 'DOCKER_HOST' };
  }
  const url = given.includes('//') ? given : `tcp://${given}`;
  if (/^(?:tcp|https?|ssh):\/\/[^/]/.test(url) && URL.canParse(url))
    return { kind: 'remote', url, from: 'DOCKER_HOST' };
  throw new StrataError({
    code: 'STRATA-E310',
    message: `DOCKER_HOST is "${given}", which is no address of a Docker Engine`,
    fix: 'unset it, or give unix:///path/to/docker.sock or tcp://address:port',
  });
}

export function describeAddress(address: EngineAddress): string {
  return address.kind === 'socket' ? address.path : address.url;
}

/** Docker Desktop puts its socket into the home directory. */
function defaultSocket(): string {
  const ofDesktop = path.join(homedir(), '.docker', 'run', 'docker.sock');
  return existsSync(ofDesktop) ? ofDesktop : '/var/run/docker.sock';
}
