/** What the harness tells an agent when it starts, what it asks of it, and what it is told. */
import type { MysqlFactors } from '../../../harness/foundation/cell.ts';
import type { ProcessFacts } from '../../http-load/driver-facts.ts';
import type { Batch } from '../tuples.ts';

export interface DatabaseEndpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** In a file beside the agent: it holds the password of the trial. */
export interface AgentConfig {
  /** 0-based. */
  readonly instance: number;
  /** Of all instances, in order. */
  readonly databases: readonly DatabaseEndpoint[];
  /** Instance whose database holds the sync table: the one with the lowest address. */
  readonly syncInstance: number;
  /** Socket of the own database. */
  readonly ownSocket: string;
  readonly credentials: Credentials;
  readonly control: { readonly host: string; readonly port: number };
  /** Where the cycles are written. */
  readonly cyclesDir: string;
  readonly seed: number;
  /** Insert loops of all instances together; loop k is of instance k mod N. */
  readonly clients: number;
  readonly requests: number;
  readonly warmupRequests: number;
  /** An answer that takes longer counts as a lost connection. */
  readonly requestTimeoutMs: number;
  /** Of all instances together; null = as fast as possible. */
  readonly ratePerS: number | null;
  readonly factors: Pick<MysqlFactors, 'aggregation' | 'stringLength' | 'mode' | 'delivery' | 'onPeerLoss'>;
  readonly timeoutsMs: {
    /** One of the three phases of the paper other than the main loop. */
    readonly sync: number;
    /** How long a database may be away. */
    readonly loss: number;
  };
}

export const agentPhases = ['sync', 'warm-up', 'measure', 'desync'] as const;
export type AgentPhase = (typeof agentPhases)[number];

/** With `desync`: instances that will not come to delete their row; with `abandon`: whose databases are gone. */
export interface PhaseOrder {
  readonly gone: readonly number[];
}

/** Times are nanoseconds on the agent's clock. */
export interface PhaseReport {
  readonly startNs: number;
  readonly endNs: number;
  /** `sync`: all connections are open. Insert phases: the last cycle is done, and what follows is the rest of batches. */
  readonly reachedNs: number;
}

export interface AgentClock {
  readonly nowNs: number;
  /** `process.hrtime` at time zero, as decimal text. */
  readonly epochHrtimeNs: string;
}

export interface AgentStatus {
  readonly phase: AgentPhase | null;
  readonly cycles: number;
}

/** Batches of one loop for one database. */
export interface LaneBatches extends Batch {
  readonly lane: number;
  readonly peer: number;
}

export interface Loss {
  readonly lane: number;
  /** Instance whose database was lost. */
  readonly peer: number;
  readonly atNs: number;
  readonly words: string;
}

export interface AgentReport {
  readonly cycleFiles: number;
  readonly driver: ProcessFacts;
  readonly cycles: { readonly ok: number; readonly failed: number };
  /** Tuples of each loop that its own database took: all of them, unless that was gone for good. */
  readonly inserted: readonly { readonly lane: number; readonly count: number }[];
  /** Re-sent inserts and batches delivered after their cycle. */
  readonly resent: number;
  readonly found: number;
  readonly dropped: readonly LaneBatches[];
  /** Sent without an answer to databases that never came back. */
  readonly doubtful: readonly LaneBatches[];
  readonly lossCount: number;
  /** The first ones. */
  readonly losses: readonly Loss[];
}
