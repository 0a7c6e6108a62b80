/** A replica that knows nothing yet. */
import { toleratedCrashes } from './config.ts';
import type { ReplicaConfig } from './config.ts';
import { emptyFifo } from './fifo.ts';
import { noGathering } from './gathering.ts';
import { emptyLogHash } from './log-hash.ts';
import type { PostState, ReplicaState } from './state.ts';

export function initialState(config: ReplicaConfig): ReplicaState {
  return {
    config,
    quorum: toleratedCrashes(config.replicas) + 1 + config.rules.quorumOffset,
    effects: [],
    nowMs: 0,
    executed: 0,
    counter: 0,
    executedRequests: 0,
    hash: emptyLogHash(),
    clients: new Map(),
    slots: new Map(),
    knownTo: 0,
    highestOrder: 0,
    heldTo: new Array<number>(config.replicas).fill(0),
    confirmedTo: 0,
    readTimerRunning: false,
    snapshot: { order: 0, modRevision: 0 },
    leader: { epoch: 0, replica: -1, modRevision: 0 },
    tenure: null,
    election: {
      records: new Map(),
      countedEpoch: 0,
      claiming: false,
      holdUntilMs: 0,
      leaderTimerRunning: false,
    },
    awaited: emptyFifo(),
    gap: null,
    toAcknowledge: emptyFifo(),
    acknowledgementsInFlight: 0,
    toAnnounce: emptyFifo(),
    arrivalsInFlight: 0,
    arrivalCount: 0,
    mine: [],
    post: initialPost(),
    gathering: noGathering(),
    retries: [],
  };
}

function initialPost(): PostState {
  return {
    modRevision: 0,
    inFlight: false,
    dirty: false,
    delayRunning: false,
    delayedFor: 0,
    overdue: false,
    standsInUntilMs: 0,
  };
}
