/**
 * Keys and values in the shared memory. Values are JSON arrays: short, and parsed by native code.
 *
 *     a/<replica>.<incarnation>.<n>   [client, sequence, command]                    arrival: an RCP of order 0
 *     o/<to>/<replica>                [epoch, from, client, sequence, command, …]    RCP of the orders from … to
 *     t/<replica>                     [held to, client, sequence, command, …]        register of the grouped variant
 *     c                               [order]                                        confirmation (grouped): f+1 records
 *     e/<epoch>/<replica>             []                                             election record
 *     leader                          [epoch, replica, incarnation]                  the claim
 *     s                               [order, counter, hash, hash, requests, client, sequence, result, order, …]
 *
 * Orders and epochs have 12 digits in keys, so that byte order is numeric order.
 */
import { StrataError, asError } from '../../../harness/foundation/errors.ts';
import type { KeySelector } from '../../shared-memory/shared-memory.ts';
import type { Command } from './counter.ts';
import type { Entry, PendingRequest, ReplicaState } from './state.ts';

export const numberWidth = 12;

/** Flat: three items a request. */
export type EncodedEntries = readonly (string | number)[];

export const leaderKey = (prefix: string): string => `${prefix}leader`;
export const snapshotKey = (prefix: string): string => `${prefix}s`;
export const confirmationKey = (prefix: string): string => `${prefix}c`;
export const postKey = (prefix: string, replica: number): string => `${prefix}t/${replica}`;
export const orderKey = (prefix: string, to: number, replica: number): string =>
  `${prefix}o/${padded(to)}/${replica}`;
export const electionKey = (prefix: string, epoch: number, replica: number): string =>
  `${prefix}e/${padded(epoch)}/${replica}`;
export const arrivalKey = (state: ReplicaState): string => {
  const { prefix, replica, incarnation } = state.config;
  state.arrivalCount += 1;
  return `${prefix}a/${replica}.${incarnation}.${state.arrivalCount}`;
};

/** The registers sort last, so that all other records are one range. */
export const registersOf = (prefix: string): KeySelector => ({ prefix: `${prefix}t/` });
export const allButRegistersOf = (prefix: string): KeySelector => ({ from: prefix, to: `${prefix}t/` });

/** All records of orders that end in `from … to`. */
export function ordersBetween(prefix: string, from: number, to: number): KeySelector {
  return { from: `${prefix}o/${padded(from)}/`, to: `${prefix}o/${padded(to + 1)}/` };
}

/** All election records of epochs up to this one. */
export function electionsUpTo(prefix: string, epoch: number): KeySelector {
  return { from: `${prefix}e/`, to: `${prefix}e/${padded(epoch + 1)}/` };
}

export function encodeOrder(epoch: number, from: number, entries: readonly Entry[]): string {
  const value: (string | number)[] = [epoch, from];
  for (const { client, sequence, command } of entries) value.push(client?.id ?? '', sequence, command);
  return JSON.stringify(value);
}

export function encodeArrival({ client, sequence, command }: PendingRequest): string {
  return JSON.stringify([client.id, sequence, command]);
}

export function encodePost(heldTo: number, requests: readonly PendingRequest[]): string {
  const value: (string | number)[] = [heldTo];
  for (const { client, sequence, command } of requests) value.push(client.id, sequence, command);
  return JSON.stringify(value);
}

export function encodeConfirmation(order: number): string {
  return JSON.stringify([order]);
}

export function encodeSnapshot(state: ReplicaState): string {
  const value: (string | number)[] = [
    state.executed,
    state.counter,
    state.hash.high,
    state.hash.low,
    state.executedRequests,
  ];
  for (const client of state.clients.values()) {
    if (client.executedSequence === 0) continue;
    value.push(client.id, client.executedSequence, client.result, client.resultOrder);
  }
  return JSON.stringify(value);
}

/** The order of a snapshot, read without parsing the rest. */
export function snapshotOrder(value: string): number {
  return Number.parseInt(value.slice(1), 10);
}

/** A value's array; throws STRATA-E522 for anything else. `items` is the least length. */
export function decode(key: string, value: string, items: number): (string | number)[] {
  let decoded: unknown;
  try {
    decoded = JSON.parse(value);
  } catch (error) {
    throw foreignRecord(key, value, asError(error));
  }
  if (!Array.isArray(decoded) || decoded.length < items) throw foreignRecord(key, value);
  return decoded as (string | number)[];
}

export function textAt(items: EncodedEntries, at: number): string {
  return String(items[at]);
}

export function numberAt(items: EncodedEntries, at: number): number {
  return Number(items[at]);
}

export function commandAt(items: EncodedEntries, at: number): Command {
  return items[at] as Command;
}

function padded(value: number): string {
  return String(value).padStart(numberWidth, '0');
}

function foreignRecord(key: string, value: string, cause?: Error): StrataError {
  return new StrataError({
    code: 'STRATA-E522',
    message: `The shared memory holds a record that is not ONSET's: ${key} = ${value.slice(0, 80)}.`,
    fix: 'Give every trial a store, or a key prefix, of its own.',
    cause,
  });
}
