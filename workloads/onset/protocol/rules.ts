/**
 * The rules safety and liveness rest on, one switch each. Everything that runs uses `soundRules`; the simulation
 * breaks one at a time to prove that it would notice.
 */
export interface Rules {
  /** Ordering transactions hold only while the writer's own claim stands. */
  readonly fencesOrders: boolean;
  /** A snapshot holds only over the snapshot its writer knows. */
  readonly fencesSnapshots: boolean;
  /** A replica's register is written only over the version the replica knows. */
  readonly guardsPosts: boolean;
  /** A new leader gives every unused order below the highest one a request or a no-op. */
  readonly fillsGaps: boolean;
  /** A request that has an order gets no second one from the leader. */
  readonly ordersOnce: boolean;
  /** A request that was executed is not executed again. */
  readonly executesOnce: boolean;
  /** At f+1 election records the whole set is read from the shared memory before a winner is named. */
  readonly rereadsElection: boolean;
  /** The leader timer also watches orders that cannot execute because an earlier one is missing. */
  readonly watchesGaps: boolean;
  /** A deposed leader announces the requests it had received itself. */
  readonly announcesWhenDeposed: boolean;
  /** A cumulative acknowledgement ends before the first order that is missing. */
  readonly acknowledgesContiguously: boolean;
  /** The claim is guarded by the leader record it was decided on. */
  readonly guardsClaim: boolean;
  /** After f+1 records without a claim the next election is for the next epoch. */
  readonly passesDeadWinners: boolean;
  /** A snapshot deletes the ordered records it covers. */
  readonly deletesCovered: boolean;
  /** The leader confirms only what has f+1 records, not all it has ordered. */
  readonly confirmsExecuted: boolean;
  /** Replicas that are not told of the registers read them now and then. */
  readonly readsRegisters: boolean;
  /** Added to the f+1 records an execution needs. */
  readonly quorumOffset: number;
}

export const soundRules: Rules = {
  fencesOrders: true,
  fencesSnapshots: true,
  guardsPosts: true,
  fillsGaps: true,
  ordersOnce: true,
  executesOnce: true,
  rereadsElection: true,
  watchesGaps: true,
  announcesWhenDeposed: true,
  acknowledgesContiguously: true,
  guardsClaim: true,
  passesDeadWinners: true,
  deletesCovered: true,
  confirmsExecuted: true,
  readsRegisters: true,
  quorumOffset: 0,
};
