/**
 * A test double that keeps the contract and fails when told to. It is a thin layer over a real environment (host
 * processes unless given another), so that whoever is tested with it meets real nodes, and real failures of them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Environment,
  Node,
  OpenEnvironment,
  RunScope,
  StartedNodes,
  StorageMedia,
  TrialScope,
} from '../environment.ts';
import { createProcessEnvironment } from '../process/process-environment.ts';
import { endThenThrow } from '../teardown.ts';

/** What is to go wrong, and when. An empty script is an environment in which nothing does. */
export interface FakeEnvironmentScript {
  readonly preflightFails?: Error;
  readonly openFails?: Error;
  /** By trial id; the first `times` starts of it fail (every one unless told), after all its nodes were made. */
  readonly startFails?: Readonly<Record<string, { readonly error: Error; readonly times?: number }>>;
  /** By trial id. The nodes are gone all the same. */
  readonly disposeFails?: Readonly<Record<string, Error>>;
  /** Every start takes at least this long, or until its signal aborts. */
  readonly startTakesMs?: number;
  readonly nodeDies?: readonly NodeDeath[];
}

export interface NodeDeath {
  readonly trialId: string;
  readonly node: string;
  /** After the trial's nodes were started. */
  readonly afterMs: number;
}

/** What happened, in order. */
export type FakeEvent =
  | { readonly kind: 'preflight' | 'open' | 'close' | 'reap' }
  | { readonly kind: 'start' | 'start-failed' | 'dispose'; readonly trialId: string }
  | { readonly kind: 'node-died'; readonly trialId: string; readonly node: string };

export interface FakeEnvironment extends Environment, StorageMedia {
  readonly events: readonly FakeEvent[];
}

export function createFakeEnvironment(
  script: FakeEnvironmentScript = {},
  real: Environment & StorageMedia = createProcessEnvironment(),
): FakeEnvironment {
  const events: FakeEvent[] = [];
  return {
    name: 'fake',
    events,
    storageMedia: real.storageMedia,
    preflight: async (signal) => {
      events.push({ kind: 'preflight' });
      if (script.preflightFails !== undefined) throw script.preflightFails;
      await real.preflight(signal);
    },
    open: async (scope) => {
      events.push({ kind: 'open' });
      if (script.openFails !== undefined) throw script.openFails;
      return openFake(script, events, real, scope);
    },
    reap: (isLive, signal) => {
      events.push({ kind: 'reap' });
      return real.reap(isLive, signal);
    },
  };
}

async function openFake(
  script: FakeEnvironmentScript,
  events: FakeEvent[],
  real: Environment,
  scope: RunScope,
): Promise<OpenEnvironment> {
  const open = await real.open(scope);
  const startsLeftToFail = new Map(
    Object.entries(script.startFails ?? {}).map(([trialId, { times }]) => [trialId, times ?? Infinity]),
  );
  return {
    facts: { ...open.facts, fake: true },
    start: async (trial) => {
      const started = await open.start(trial);
      try {
        if (script.startTakesMs !== undefined) await pause(script.startTakesMs, trial.signal);
        const left = startsLeftToFail.get(trial.trialId) ?? 0;
        const failure = script.startFails?.[trial.trialId];
        if (failure !== undefined && left > 0) {
          startsLeftToFail.set(trial.trialId, left - 1);
          throw failure.error;
        }
        const nodes = scriptedNodes(script, events, trial, started);
        events.push({ kind: 'start', trialId: trial.trialId });
        return nodes;
      } catch (error) {
        events.push({ kind: 'start-failed', trialId: trial.trialId });
        return await endThenThrow(error, () => started[Symbol.asyncDispose]());
      }
    },
    [Symbol.asyncDispose]: async () => {
      events.push({ kind: 'close' });
      await open[Symbol.asyncDispose]();
    },
  };
}

/** Rejects with the reason of the abort itself, as the real environments do. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

function scriptedNodes(
  script: FakeEnvironmentScript,
  events: FakeEvent[],
  trial: TrialScope,
  started: StartedNodes,
): StartedNodes {
  const { trialId } = trial;
  const deaths = (script.nodeDies ?? [])
    .filter((death) => death.trialId === trialId)
    .map(({ node: name, afterMs }) => scheduleDeath(events, trialId, nodeToDie(started, name), afterMs));
  return {
    nodes: started.nodes,
    [Symbol.asyncDispose]: async () => {
      for (const cancel of deaths) await cancel();
      events.push({ kind: 'dispose', trialId });
      await started[Symbol.asyncDispose]();
      const failure = script.disposeFails?.[trialId];
      if (failure !== undefined) throw failure;
    },
  };
}

function nodeToDie(started: StartedNodes, name: string): Node {
  const node = started.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`the script lets node ${name} die, which the trial does not have`);
  return node;
}

/** Returns what calls the death off, or waits for one that is under way. */
function scheduleDeath(
  events: FakeEvent[],
  trialId: string,
  node: Node,
  afterMs: number,
): () => Promise<void> {
  let dying: Promise<void> = Promise.resolve();
  const timer = setTimeout(() => {
    events.push({ kind: 'node-died', trialId, node: node.name });
    dying = node.kill();
  }, afterMs);
  return () => {
    clearTimeout(timer);
    return dying;
  };
}
