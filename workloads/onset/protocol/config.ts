/**
 * How one replica of ONSET is set up. The defaults of `plainReplica` are the paper's protocol: one record per
 * request. `batchedReplica` shares every rule and groups records per transaction.
 */
import { StrataError } from '../../../harness/foundation/errors.ts';
import { soundRules } from './rules.ts';
import type { Rules } from './rules.ts';

/** Acknowledgements of an order are kept as bits of one 32-bit integer. */
const maxReplicas = 31;

/** How `onset-batched` groups; absent in plain `onset`. */
export interface Grouping {
  /** Requests in one ordered record, at most. */
  readonly maxRequestsPerRecord: number;
  /** Ordered records not executed yet, at most; requests collect meanwhile, so that a record grows with the load. */
  readonly maxOrdersInFlight: number;
  /** Requests wait for clients that are expected back (gathering.ts) up to so many times as long as a round takes. */
  readonly gatherRounds: number;
  /** Replicas that are not designated acknowledge only what still lacks f+1 records after this long. */
  readonly ackDelayMs: number;
  /** How often a replica other than the leader reads the registers, of whose changes it is not told. */
  readonly readMs: number;
}

export interface ReplicaConfig {
  /** 0 … replicas−1. */
  readonly replica: number;
  /** n = 2f+1. */
  readonly replicas: number;
  /** Unique for every start of a replica, so that a restarted one never takes its forerunner's claim for its own. */
  readonly incarnation: string;
  /** Every key starts with it; it ends with `/`. */
  readonly prefix: string;
  /** How long a request may wait for its order before an election (paper, section 4.1: 1 s). */
  readonly leaderTimeoutMs: number;
  /** Pause before a transaction without an answer is tried again. */
  readonly retryMs: number;
  /** The leader writes a snapshot and deletes ordered records after this many orders. */
  readonly snapshotEvery: number;
  /** Transactions of one kind in flight at once in plain `onset`. */
  readonly maxInFlight: number;
  readonly grouping: Grouping | null;
  /** Emit an `executed` effect for every order; off on the measured path. */
  readonly reportExecutions: boolean;
  readonly rules: Rules;
}

export type ReplicaIdentity = Pick<ReplicaConfig, 'replica' | 'replicas' | 'incarnation'>;

export function plainReplica(
  identity: ReplicaIdentity,
  overrides: Partial<ReplicaConfig> = {},
): ReplicaConfig {
  return checked({
    prefix: 'onset/',
    leaderTimeoutMs: 1000,
    retryMs: 50,
    snapshotEvery: 512,
    maxInFlight: 128,
    grouping: null,
    reportExecutions: false,
    rules: soundRules,
    ...identity,
    ...overrides,
  });
}

export const batchedGrouping: Grouping = {
  maxRequestsPerRecord: 256,
  maxOrdersInFlight: 2,
  gatherRounds: 4,
  ackDelayMs: 100,
  readMs: 200,
};

export function batchedReplica(
  identity: ReplicaIdentity,
  overrides: Partial<ReplicaConfig> = {},
): ReplicaConfig {
  return plainReplica(identity, { grouping: batchedGrouping, snapshotEvery: 4096, ...overrides });
}

/** f: how many replicas may crash. */
export function toleratedCrashes(replicas: number): number {
  return (replicas - 1) / 2;
}

function checked(config: ReplicaConfig): ReplicaConfig {
  const { replicas, replica } = config;
  if (replicas < 1 || replicas > maxReplicas || replicas % 2 !== 1) {
    throw new StrataError({
      code: 'STRATA-E520',
      message: `ONSET cannot run with ${replicas} replicas.`,
      fix: `Take an odd number of replicas (n = 2f+1) from 1 to ${maxReplicas}.`,
    });
  }
  if (!Number.isInteger(replica) || replica < 0 || replica >= replicas) {
    throw new StrataError({
      code: 'STRATA-E521',
      message: `There is no replica ${replica} among ${replicas} replicas.`,
      fix: `Number the replicas from 0 to ${replicas - 1}.`,
    });
  }
  return config;
}
