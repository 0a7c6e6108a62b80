/**
 * The shell around the pure protocol: carries out its effects against the shared memory, the clock and the clients,
 * and feeds back what happens. It decides nothing.
 */
import { batchedReplica, plainReplica } from '../protocol/config.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from '../protocol/messages.ts';
import { createReplica, step } from '../protocol/replica.ts';
import { logHashText } from '../protocol/log-hash.ts';
import type { Commit, SharedMemory } from '../../shared-memory/shared-memory.ts';
import type { ExecutionLogWriter } from '../execution-log.ts';
import { onsetOperations, type OnsetAnswer, type OnsetRequest } from '../codec.ts';
import { noOperation } from '../execution-log.ts';
import { watchForever } from './watching.ts';
import type { LeaderChange, ReplicaConfig, ReplicaStatus } from './status.ts';

export interface Replica extends AsyncDisposable {
  request(request: OnsetRequest, waiter: Waiter): void;
  /** True once the whole shared memory was read and is watched. */
  isReady(): boolean;
  status(): ReplicaStatus;
}

/** One client's connection that waits for one answer. */
export interface Waiter {
  readonly answer: (answer: OnsetAnswer) => void;
  /** The client has had the answer of a later request. */
  readonly supersede: () => void;
}

export function startReplica(config: ReplicaConfig, memory: SharedMemory, log: ExecutionLogWriter): Replica {
  const identity = {
    replica: config.replica,
    replicas: config.replicas,
    incarnation: `${process.pid}-${process.hrtime.bigint().toString(36)}`,
  };
  const overrides = { leaderTimeoutMs: config.electionTimeoutMs, reportExecutions: true };
  const settings = config.batched ? batchedReplica(identity, overrides) : plainReplica(identity, overrides);
  const state = createReplica(settings);
  const waiters = new Map<string, Waiter[]>();
  const timers = new Map<TimerId, NodeJS.Timeout>();
  const leaderChanges: LeaderChange[] = [];
  const startLoop = performance.eventLoopUtilization();
  let ready = false;
  let closed = false;
  let transactions = 0;
  let snapshotsInstalled = 0;

  const feed = (event: ReplicaEvent) => {
    if (closed) return;
    for (const effect of step(state, event, performance.now())) carryOut(effect);
  };

  const carryOut = (effect: ReplicaEffect): void => {
    switch (effect.kind) {
      case 'commit':
        transactions += 1;
        memory.commit(effect.transaction).then(
          (commit: Commit) => feed({ kind: 'committed', tag: effect.tag, commit }),
          () => feed({ kind: 'unknown', tag: effect.tag }),
        );
        return;
      case 'answer': {
        const answer = { replica: config.replica, position: effect.order, value: effect.result };
        takeWaiters(effect.client, effect.sequence).forEach((waiter) => waiter.answer(answer));
        return;
      }
      case 'superseded':
        takeWaiters(effect.client, effect.sequence).forEach((waiter) => waiter.supersede());
        return;
      case 'setTimer':
        clearTimeout(timers.get(effect.timer));
        timers.set(
          effect.timer,
          setTimeout(() => feed({ kind: 'timer', timer: effect.timer }), effect.ms),
        );
        return;
      case 'cancelTimer':
        clearTimeout(timers.get(effect.timer));
        return;
      case 'compact':
        // History that stays longer costs space only; the next snapshot asks again.
        memory.compact(effect.revision).catch(() => undefined);
        return;
      case 'leadership': {
        const { epoch, replica: leader } = effect;
        leaderChanges.push({ epoch, leader, atHrtimeNs: process.hrtime.bigint().toString() });
        return;
      }
      case 'installed':
        snapshotsInstalled += 1;
        return;
      case 'executed':
        if (effect.applied) {
          const operation = onsetOperations.findIndex((name) => name === effect.command);
          log.append(Number(effect.client), effect.sequence - 1, operation);
        } else {
          log.append(0, 0, noOperation);
        }
    }
  };

  const takeWaiters = (client: string, sequence: number): readonly Waiter[] => {
    const key = `${client}.${sequence}`;
    const waiting = waiters.get(key) ?? [];
    waiters.delete(key);
    return waiting;
  };

  const watch = watchForever(memory, settings.prefix, {
    onSynced: (revision, records) => {
      feed({ kind: 'synced', revision, records });
      ready = true;
    },
    onBatch: (batch) => feed({ kind: 'watch', batch }),
  });

  return {
    request({ operation, client, sequence }, waiter) {
      // The protocol counts a client's requests from 1.
      const [id, number] = [String(client), sequence + 1];
      const key = `${id}.${number}`;
      waiters.set(key, [...(waiters.get(key) ?? []), waiter]);
      feed({ kind: 'request', client: id, sequence: number, command: onsetOperations[operation] ?? 'get' });
    },
    isReady: () => ready,
    status() {
      log.flush();
      return {
        replica: config.replica,
        executedOrder: state.executed,
        executedRequests: state.executedRequests,
        counter: state.counter,
        logHash: logHashText(state.hash),
        epoch: state.leader.epoch,
        leader: state.leader.epoch === 0 ? null : state.leader.replica,
        logComplete: snapshotsInstalled === 0,
        leaderChanges,
        snapshotsInstalled,
        transactions,
        eventLoopUtilization: performance.eventLoopUtilization(startLoop).utilization,
      };
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      timers.forEach((timer) => clearTimeout(timer));
      await watch[Symbol.asyncDispose]();
    },
  };
}
