/** All agents of a trial, made to do the same phase at once; knows which of them are gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { anySignal } from '../../harness/foundation/any-signal.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import { endedError } from '../node-process.ts';
import type { StallReport } from '../workload.ts';
import type { AgentPhase, PhaseReport } from './agent/messages.ts';
import type { Instance } from './instances.ts';

/** By instance; null where the agent is gone. */
export type PhaseReports = readonly (PhaseReport | null)[];

export interface Crew {
  /** Indices of the instances whose agents ended while the others may go on without them. */
  readonly gone: ReadonlySet<number>;
  /** Rejects with the first failure of an agent, once all others have been left. */
  readonly run: (phase: AgentPhase, signal: AbortSignal) => Promise<PhaseReports>;
}

/** An agent's connection breaks a moment before its end is known. */
const endNoticeMs = 3_000;

/** @param mayGoOn whether the trial goes on when an agent ends */
export function assembleCrew(instances: readonly Instance[], mayGoOn: boolean): Crew {
  const gone = new Set<number>();
  const runOne = async (instance: Instance, phase: AgentPhase, signal: AbortSignal) => {
    const { agent, agentProcess, index } = instance;
    if (gone.has(index)) return null;
    const ended = agentProcess.exited.then((exitCode) => ({ exitCode }));
    try {
      const outcome = await Promise.race([agent.phase(phase, { gone: [...gone] }, signal), ended]);
      if (!('exitCode' in outcome)) return outcome;
    } catch (error) {
      if (signal.aborted || error instanceof StrataError) throw error;
      const isOver = await Promise.race([ended, sleep(endNoticeMs, null)]);
      if (isOver === null) throw error;
    }
    if (!mayGoOn) {
      const { exitCode } = await ended;
      throw await endedError(agentProcess, instance.node, exitCode, { code: 'STRATA-E541' });
    }
    gone.add(index);
    await tellOthers(signal);
    return null;
  };
  /** So that they do not wait for it. One that cannot be told is about to be missed itself. */
  const tellOthers = async (signal: AbortSignal) => {
    const others = instances.filter(({ index }) => !gone.has(index));
    await Promise.allSettled(others.map(({ agent }) => agent.abandon({ gone: [...gone] }, signal)));
  };
  return {
    gone,
    run: async (phase, signal) => {
      const others = new AbortController();
      const until = anySignal(signal, others.signal);
      try {
        return await Promise.all(instances.map((instance) => runOne(instance, phase, until)));
      } finally {
        others.abort();
      }
    },
  };
}

const statusIntervalMs = 2_000;

/**
 * Resolves when an agent that has cycles left did none for `stallTimeoutMs`; rejects with the signal's reason.
 *
 * @param mayRest whether an instance is gone, or has nothing left to work with
 * @param cyclesOf how many cycles an instance will have done in the end
 */
export async function watchForStall(
  instances: readonly Instance[],
  mayRest: (instance: number) => boolean,
  cyclesOf: (instance: number) => number,
  stallTimeoutMs: number,
  signal: AbortSignal,
): Promise<StallReport> {
  const seen = instances.map(() => ({ cycles: -1, sinceMs: performance.now(), words: 'never answered' }));
  for (;;) {
    await sleep(statusIntervalMs, undefined, { signal });
    await Promise.all(
      instances.map(async ({ index, agent }) => {
        const one = seen[index];
        if (one === undefined || mayRest(index)) return;
        try {
          const { cycles } = await agent.status(signal);
          one.words = `${cycles} of ${cyclesOf(index)} cycles done`;
          if (cycles !== one.cycles || cycles === cyclesOf(index)) one.sinceMs = performance.now();
          one.cycles = cycles;
        } catch (error) {
          one.words = `does not answer: ${String(error)}`;
        }
      }),
    );
    const nowMs = performance.now();
    const silentMs = Math.max(
      ...seen.filter((_one, index) => !mayRest(index)).map(({ sinceMs }) => nowMs - sinceMs),
    );
    if (silentMs < stallTimeoutMs) continue;
    const outstanding = seen.reduce(
      (sum, { cycles }, index) => sum + cyclesOf(index) - Math.max(0, cycles),
      0,
    );
    return {
      ...{ lastAnswerNs: null, silentMs, outstanding },
      observations: instances.map(({ name, index }) => `${name}: ${seen[index]?.words ?? ''}`),
    };
  }
}
