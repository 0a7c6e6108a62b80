/** The connection to the Docker Engine. Every call has a deadline and says what it was for when it fails. */
import type { Agent } from 'node:http';
import Docker from 'dockerode';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { engineAddress, type EngineAddress } from './engine-address.ts';
import { callError } from './engine-errors.ts';

export interface Engine {
  readonly docker: Docker;
  readonly address: EngineAddress;
  /**
   * Does one thing with the engine. `what` ends the sentence "refused to …". The work must hand the signal on as
   * `abortSignal`, so that a call given up is a connection closed. Fails with E410 – E412, or as the signal says.
   */
  readonly call: <T>(
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    limits?: CallLimits,
  ) => Promise<T>;
}

export interface CallLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Far above what any call takes on a loaded machine, far below what a person takes for a hang. */
const callTimeoutMs = 60_000;

/** `timeoutMs` is the limit of a call that names none. */
export function connectEngine(
  address: EngineAddress = engineAddress(),
  { timeoutMs = callTimeoutMs }: { readonly timeoutMs?: number } = {},
): Engine {
  const docker = client(address);
  return {
    docker,
    address,
    call: async (what, work, limits = {}) => {
      const signal = limits.signal ?? new AbortController().signal;
      signal.throwIfAborted();
      try {
        return await withDeadline(
          {
            what: `Docker Engine to ${what}`,
            timeoutMs: limits.timeoutMs ?? timeoutMs,
            signal,
            code: 'STRATA-E411',
            fix: 'see whether the engine is stuck: docker version; journalctl -u docker',
          },
          work,
        );
      } catch (error) {
        signal.throwIfAborted();
        throw callError(error, what, address);
      }
    },
  };
}

function client(address: EngineAddress): Docker {
  if (address.kind === 'socket') return new Docker({ socketPath: address.path });
  if (address.kind === 'remote') return new Docker();
  // The client library takes an agent; its published types do not say so.
  const options: Docker.DockerOptions & { readonly agent: Agent } = {
    ...{ protocol: 'http', host: 'engine', port: 80, agent: address.agent },
  };
  return new Docker(options);
}
