/**
 * Optional ability of a prepared workload: the database of a node can be ended and started again on its files, while
 * whatever else is on the node goes on. (A node that is killed does not come back.)
 */
import type { PreparedWorkload } from './workload.ts';

export interface DatabaseFaults {
  /** Ends the server as a crash would and resolves when it is gone. @param node its name: `db-2` */
  killDatabase(node: string): Promise<void>;
  /** Resolves when the server answers again. */
  restartDatabase(node: string, signal: AbortSignal): Promise<void>;
  /** Says that a killed database will not come back, so that nobody waits for it. */
  abandonDatabase(node: string, signal: AbortSignal): Promise<void>;
}

export function hasDatabaseFaults(prepared: PreparedWorkload): prepared is PreparedWorkload & DatabaseFaults {
  return 'killDatabase' in prepared && 'restartDatabase' in prepared && 'abandonDatabase' in prepared;
}
