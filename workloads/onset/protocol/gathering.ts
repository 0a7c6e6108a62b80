/**
 * Grouped variant: how requests wait for company. A client of a closed loop that has had its answer asks again at
 * once, so a group that waits for everybody who is expected back costs one transaction where it would have cost
 * several: at the leader for all clients, elsewhere for those that are answered there. Only time is at stake, and how
 * much is measured by what can be saved, a round: whoever does not come within a few rounds is waited for no more, and
 * after each disappointment four times as many groups go without waiting as after the one before. Clients who come
 * when they please pay next to nothing.
 */
import type { Grouping } from './config.ts';
import { setTimer } from './state.ts';
import type { ClientRecord, ReplicaState } from './state.ts';

const fewestSkips = 4;
const mostSkips = 1024;
const roundsSmoothed = 8;

/** What this replica knows of its clients' coming back. */
export interface GatheringState {
  /** Answered in this turn and not back yet; a client is marked with the turn. */
  expected: number;
  turn: number;
  timerRunning: boolean;
  /** The group that is waiting has waited long enough. */
  isOver: boolean;
  /** Groups that go without waiting, now and after the next disappointment. */
  skips: number;
  skipsNext: number;
  /** How long an order takes to its execution, smoothed; 0 = not known. */
  roundMs: number;
}

export function noGathering(): GatheringState {
  const patience = { timerRunning: false, isOver: false, skips: 0, skipsNext: fewestSkips };
  return { expected: 0, turn: 1, ...patience, roundMs: 0 };
}

/** A request of the client was executed and answered: the next one will come. */
export function expectAgain({ gathering }: ReplicaState, client: ClientRecord): void {
  if (client.expectedIn === gathering.turn || client.pending !== null) return;
  client.expectedIn = gathering.turn;
  gathering.expected += 1;
}

export function cameBack({ gathering }: ReplicaState, client: ClientRecord): void {
  if (client.expectedIn !== gathering.turn) return;
  client.expectedIn = 0;
  gathering.expected -= 1;
}

/** An order that was sent or seen then is executed now. */
export function noteRound({ gathering, nowMs }: ReplicaState, sinceMs: number): void {
  const tookMs = nowMs - sinceMs;
  gathering.roundMs += (tookMs - gathering.roundMs) / (gathering.roundMs === 0 ? 1 : roundsSmoothed);
}

/** Whether the group that is about to go should stay for those who are expected. */
export function awaitsCompany(state: ReplicaState, { gatherRounds }: Grouping): boolean {
  const { gathering, config } = state;
  if (gathering.expected === 0 || gathering.isOver || gathering.skips > 0) return false;
  const limitMs = Math.min(gatherRounds * gathering.roundMs, config.leaderTimeoutMs / 4);
  if (limitMs === 0) return false;
  if (!gathering.timerRunning) setTimer(state, 'gather', Math.ceil(limitMs));
  gathering.timerRunning = true;
  return true;
}

/** A group goes. */
export function endGathering(state: ReplicaState): void {
  const { gathering } = state;
  if (gathering.skips > 0 && !gathering.isOver) gathering.skips -= 1;
  if (gathering.timerRunning) {
    state.effects.push({ kind: 'cancelTimer', timer: 'gather' });
    if (gathering.expected === 0) gathering.skipsNext = fewestSkips;
  }
  gathering.timerRunning = false;
  gathering.isOver = false;
}

export function onGatherTimer({ gathering }: ReplicaState): void {
  gathering.timerRunning = false;
  gathering.isOver = true;
  gathering.skips = gathering.skipsNext;
  gathering.skipsNext = Math.min(gathering.skipsNext * 4, mostSkips);
  expectNobody(gathering);
}

/** The clients to wait for are others now: a leadership begins or ends here. */
export function gatherAnew(state: ReplicaState): void {
  if (state.gathering.timerRunning) state.effects.push({ kind: 'cancelTimer', timer: 'gather' });
  Object.assign(state.gathering, { timerRunning: false, isOver: false, skips: 0, skipsNext: fewestSkips });
  expectNobody(state.gathering);
}

function expectNobody(gathering: GatheringState): void {
  gathering.turn += 1;
  gathering.expected = 0;
}
