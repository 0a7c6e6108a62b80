/**
 * The shell around the pure protocol: carries out its effects against the shared memory, the clock and the clients,
 * and feeds back what happens. It decides nothing.
 */
import { asError } from '../../../harness/foundation/errors.ts';
import type { SharedMemory } from '../../shared-memory/shared-memory.ts';
import { onsetOperations, type OnsetRequest } from '../codec.ts';
import { noOperation } from '../../linearizability/log-replay.ts';
import type { ExecutionLogWriter } from '../execution-log.ts';
import { batchedReplica, plainReplica } from '../protocol/config.ts';
import { logHashText } from '../protocol/log-hash.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from '../protocol/messages.ts';
import { allButRegistersOf, registersOf } from '../protocol/records.ts';
import { createReplica, step } from '../protocol/replica.ts';
import type { ReplicaState } from '../protocol/state.ts';
import type { LeaderChange, ReplicaConfig, ReplicaStatus } from './status.ts';
import { openTimers, type Timers } from './timers.ts';
import { openWaiters, type Waiter, type Waiters } from './waiters.ts';
import { openAttention, watchForever, type Attention, type Watched } from './watching.ts';

export interface Replica extends AsyncDisposable {
  request(request: OnsetRequest, waiter: Waiter): void;
  /** True once the whole shared memory was read and is watched. */
  isReady(): boolean;
  status(): ReplicaStatus;
}

/** What the shell keeps beside the protocol's own state. */
interface Shell {
  readonly config: ReplicaConfig;
  readonly state: ReplicaState;
  readonly memory: SharedMemory;
  readonly log: ExecutionLogWriter;
  readonly waiters: Waiters;
  readonly timers: Timers<TimerId>;
  readonly registers: Attention;
  readonly feed: (event: ReplicaEvent) => void;
  readonly leaderChanges: LeaderChange[];
  readonly counts: { transactions: number; snapshotsInstalled: number };
}

/**
 * `onFault` hears once of what makes the replica stop for good: the shared memory holds what cannot be (E522–E524).
 * A watch would take a throwing listener for its own trouble, and begin anew without end.
 */
export function startReplica(
  config: ReplicaConfig,
  memory: SharedMemory,
  log: ExecutionLogWriter,
  onFault: (error: Error) => void,
): Replica {
  const state = createReplica(protocolConfig(config));
  const loopAtStart = performance.eventLoopUtilization();
  const progress = { isReady: false, isClosed: false };
  const feed = (event: ReplicaEvent) => {
    if (progress.isClosed) return;
    try {
      for (const effect of step(state, event, performance.now())) carryOut(shell, effect);
    } catch (error) {
      progress.isClosed = true;
      onFault(asError(error));
    }
  };
  const timers = openTimers<TimerId>((timer) => feed({ kind: 'timer', timer }));
  const { prefix } = state.config;
  const follow = (watched: Watched) =>
    watchForever(memory, watched, {
      onSynced: (revision, records) => {
        feed({ kind: 'synced', revision, records });
        // Everything is read before any register is attended to: only a leader does that.
        progress.isReady = true;
      },
      onBatch: (batch) => feed({ kind: 'watch', batch }),
    });
  const registers = openAttention(() => follow({ read: registersOf(prefix), follow: registersOf(prefix) }));
  const counts = { transactions: 0, snapshotsInstalled: 0 };
  const shell: Shell = {
    ...{ config, state, memory, log, timers, registers, feed, counts },
    waiters: openWaiters(),
    leaderChanges: [],
  };
  const watch = follow({ read: { prefix }, follow: allButRegistersOf(prefix) });
  return {
    request: (request, waiter) => take(shell, request, waiter),
    isReady: () => progress.isReady,
    status: () => statusOf(shell, performance.eventLoopUtilization(loopAtStart).utilization),
    async [Symbol.asyncDispose]() {
      progress.isClosed = true;
      timers[Symbol.dispose]();
      await Promise.all([watch[Symbol.asyncDispose](), registers[Symbol.asyncDispose]()]);
    },
  };
}

function protocolConfig({ replica, replicas, batched, electionTimeoutMs }: ReplicaConfig) {
  const incarnation = `${process.pid}-${process.hrtime.bigint().toString(36)}`;
  const overrides = { leaderTimeoutMs: electionTimeoutMs, reportExecutions: true };
  const make = batched ? batchedReplica : plainReplica;
  return make({ replica, replicas, incarnation }, overrides);
}

function take(shell: Shell, { operation, client, sequence }: OnsetRequest, waiter: Waiter): void {
  // The protocol counts a client's requests from 1.
  const [id, number] = [String(client), sequence + 1];
  shell.waiters.add(id, number, waiter);
  shell.feed({ kind: 'request', client: id, sequence: number, command: onsetOperations[operation] ?? 'get' });
}

function carryOut(shell: Shell, effect: ReplicaEffect): void {
  const { config, memory, waiters, timers, registers, feed, counts } = shell;
  switch (effect.kind) {
    case 'commit':
      counts.transactions += 1;
      memory.commit(effect.transaction).then(
        (commit) => feed({ kind: 'committed', tag: effect.tag, commit }),
        () => feed({ kind: 'unknown', tag: effect.tag }),
      );
      return;
    case 'answer': {
      const answer = { replica: config.replica, position: effect.order, value: effect.result };
      for (const waiter of waiters.take(effect.client, effect.sequence)) waiter.answer(answer);
      return;
    }
    case 'superseded':
      for (const waiter of waiters.take(effect.client, effect.sequence)) waiter.supersede();
      return;
    case 'setTimer':
      timers.set(effect.timer, effect.ms);
      return;
    case 'cancelTimer':
      timers.cancel(effect.timer);
      return;
    case 'attend':
      registers.turn(effect.attends);
      return;
    case 'compact':
      // History that stays longer costs space only; the next snapshot asks again.
      memory.compact(effect.revision).catch(() => undefined);
      return;
    case 'leadership':
      shell.leaderChanges.push({
        epoch: effect.epoch,
        leader: effect.replica,
        atHrtimeNs: process.hrtime.bigint().toString(),
      });
      return;
    case 'installed':
      counts.snapshotsInstalled += 1;
      return;
    case 'executed':
      logExecution(shell.log, effect);
  }
}

function logExecution(log: ExecutionLogWriter, effect: Extract<ReplicaEffect, { kind: 'executed' }>): void {
  if (!effect.applied) {
    log.append(0, 0, noOperation);
    return;
  }
  const operation = onsetOperations.findIndex((name) => name === effect.command);
  log.append(Number(effect.client), effect.sequence - 1, operation);
}

function statusOf({ config, state, log, counts, leaderChanges }: Shell, utilization: number): ReplicaStatus {
  // Whoever asks for the status may read the log next.
  log.flush();
  const { epoch, replica: leader } = state.leader;
  return {
    replica: config.replica,
    executedOrder: state.executed,
    executedRequests: state.executedRequests,
    counter: state.counter,
    logHash: logHashText(state.hash),
    epoch,
    leader: epoch === 0 ? null : leader,
    logComplete: counts.snapshotsInstalled === 0,
    leaderChanges,
    snapshotsInstalled: counts.snapshotsInstalled,
    transactions: counts.transactions,
    eventLoopUtilization: utilization,
  };
}
