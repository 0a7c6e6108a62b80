/** What a replica says of itself: to the health gate, to verification, and to a person who asks with curl. */

export interface ReplicaStatus {
  readonly replica: number;
  /** Highest order executed; 0 before the first. */
  readonly executedOrder: number;
  /** Requests whose effect was applied: duplicates and no-ops do not count. */
  readonly executedRequests: number;
  readonly counter: number;
  readonly logHash: string;
  readonly epoch: number;
  /** 0-based index of the leader this replica follows; null before the first election. */
  readonly leader: number | null;
  /** False when a snapshot was installed: then the execution log does not start at order 1. */
  readonly logComplete: boolean;
  readonly leaderChanges: readonly LeaderChange[];
  readonly snapshotsInstalled: number;
  readonly transactions: number;
  readonly eventLoopUtilization: number;
}

export interface LeaderChange {
  readonly epoch: number;
  readonly leader: number;
  /** `process.hrtime.bigint()` of the replica's node as decimal text: a virtual machine has a clock of its own. */
  readonly atHrtimeNs: string;
}

/** Everything a replica process is told when it starts, as JSON in its last argument. */
export interface ReplicaConfig {
  /** 0-based. */
  readonly replica: number;
  readonly replicas: number;
  readonly batched: boolean;
  readonly electionTimeoutMs: number;
  readonly listen: { readonly host: string; readonly port: number };
  readonly sharedMemory: { readonly kind: 'etcd' | 'embedded'; readonly host: string; readonly port: number };
  readonly executionLogPath: string;
}
