/**
 * How a shared memory fails, the same for every implementation, so that callers and tests can tell the cases apart
 * by their code. Whether a lost call took effect is unknown: the caller has to read to find out.
 */
import { StrataError } from '../../harness/foundation/errors.ts';

export type MemoryKind = 'etcd' | 'embedded';

/** Which store, and where; the subject of every message. */
export interface Endpoint {
  readonly kind: MemoryKind;
  readonly host: string;
  readonly port: number;
}

const named = (at: Endpoint) => `the ${at.kind} store at ${at.host}:${at.port}`;

export function cannotConnect(at: Endpoint, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E510',
    message: `cannot connect to ${named(at)}`,
    fix: 'check that the store is running and that host and port are right',
    cause,
  });
}

export function connectionLost(at: Endpoint, what: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E511',
    message: `lost ${named(at)} during ${what}; whether it took effect is unknown`,
    fix: 'check that the store is alive and reachable; read before trying again',
    cause,
  });
}

export function timedOut(at: Endpoint, what: string, limitMs: number): StrataError {
  return new StrataError({
    code: 'STRATA-E512',
    message: `waited ${(limitMs / 1000).toFixed(1)} s for ${named(at)} to answer ${what}`,
    fix: 'check whether the store is stopped or overloaded; its log tells',
    cause: new Error(`no answer within ${limitMs} ms`),
  });
}

export function refused(at: Endpoint | undefined, what: string, cause: unknown): StrataError {
  const who = at === undefined ? 'the shared memory' : named(at);
  return new StrataError({
    code: 'STRATA-E513',
    message: `${who} refused ${what}`,
    fix: 'correct the request: the cause names what is wrong with it',
    cause,
  });
}

export function leaseExpired(id: string, cause?: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E514',
    message: `the lease ${id} has expired or was revoked`,
    fix: 'grant a new lease and write its keys anew',
    cause: cause ?? new Error('lease not found'),
  });
}

export function disposed(at: Endpoint, what: string): StrataError {
  return new StrataError({
    code: 'STRATA-E515',
    message: `${what} was cut short: the client of ${named(at)} has been disposed`,
    fix: 'wait for calls before disposing the client',
    cause: new Error('client disposed'),
  });
}

export function watchFailed(at: Endpoint, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E516',
    message: `a watch on ${named(at)} ended`,
    fix: 'check the store, read everything anew and watch from there',
    cause,
  });
}

export function malformed(what: string, cause?: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E517',
    message: `malformed ${what}`,
    fix: 'check that the port belongs to the store and that both sides run the same version',
    ...(cause === undefined ? {} : { cause }),
  });
}
