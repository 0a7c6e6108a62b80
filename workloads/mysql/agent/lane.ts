/**
 * One insert loop. A cycle inserts one tuple into the own database; when `aggregation` of them have gathered, they go to
 * every other database as one insert (paper, section 3.1). The hot path is callbacks and stores: no promise, no object.
 */
import { deferred, type Deferred } from '../../../harness/foundation/deferred.ts';
import { asError } from '../../../harness/foundation/errors.ts';
import { emptyCycle, type Cycle } from '../cycle-file.ts';
import { laneSeed } from '../tuples.ts';
import { createGathering, type Gathering, type Peer } from './gathering.ts';
import type { Answered, CommandFailure } from './lean-connection.ts';
import type { Link } from './link.ts';
import type { AgentConfig } from './messages.ts';
import type { Schedule } from './pacing.ts';
import { insertPacket, rowFormat, valuesOffset, writeRow, type RowFormat } from './packets.ts';
import { peerLost } from './peer-channel.ts';
import { refused } from './session.ts';

export interface LaneParts {
  readonly lane: number;
  readonly config: AgentConfig;
  readonly own: Link;
  /** Empty when nothing is sent. */
  readonly peers: readonly Peer[];
  readonly nowNs: () => number;
  readonly record: (cycle: Cycle) => void;
  /** The own database was lost. */
  readonly onLoss: (error: Error) => void;
  /** Ends the phase. */
  readonly onFatal: (error: Error) => void;
}

export interface Lane {
  readonly lane: number;
  /** Does so many cycles, at the schedule's times or one after the other, then sends what has gathered. */
  readonly run: (phase: 0 | 1, cycles: number, schedule: Schedule | null) => Promise<void>;
  /** Starts the next cycle if it is due and the loop rests. */
  readonly tick: () => void;
  readonly stop: () => void;
  /** Tuples that are in the own database, so far as it said. */
  readonly inserted: () => number;
  readonly counts: { ok: number; failed: number; resent: number };
  /** When the last cycle was done. */
  readonly lastDoneNs: () => number;
}

/** What a loop is at. */
interface LaneState {
  readonly parts: LaneParts;
  readonly format: RowFormat;
  readonly ofLane: number;
  /** The packet of the local insert, whose values each cycle writes anew. */
  readonly row: Buffer;
  readonly rowAt: number;
  /** null when nothing is sent. */
  readonly gathering: Gathering | null;
  readonly cycle: Cycle;
  readonly counts: Lane['counts'];
  readonly onInserted: Answered;
  /** Number of the next tuple. */
  seq: number;
  /** Cycles of the phase that have not begun. */
  remaining: number;
  planned: number;
  schedule: Schedule | null;
  /** Until the next cycle is due. */
  isResting: boolean;
  isStopped: boolean;
  ended: Deferred<undefined> | null;
}

export function createLane(parts: LaneParts): Lane {
  const state = initialState(parts);
  return {
    lane: parts.lane,
    counts: state.counts,
    lastDoneNs: () => state.cycle.doneNs,
    tick: () => {
      if (state.isResting) next(state);
    },
    stop: () => {
      state.isStopped = true;
    },
    inserted: () => state.seq,
    run: async (phase, cycles, schedule) => {
      state.cycle.phase = phase;
      state.planned = state.remaining = cycles;
      state.schedule = schedule;
      const ended = (state.ended = deferred<undefined>());
      next(state);
      await ended.promise;
      await state.gathering?.flush();
    },
  };
}

function initialState(parts: LaneParts): LaneState {
  const { lane, config, peers, nowNs } = parts;
  const { aggregation, stringLength, delivery } = config.factors;
  const format = rowFormat(stringLength);
  const sending = {
    peers,
    format,
    rows: aggregation,
    delivery,
    lossTimeoutMs: config.timeoutsMs.loss,
    nowNs,
  };
  const state: LaneState = {
    ...{ parts, format, ofLane: laneSeed(config.seed, config.instance, lane) },
    ...{ row: insertPacket(format, 1), rowAt: valuesOffset(1) },
    gathering: peers.length === 0 ? null : createGathering(sending),
    cycle: { ...emptyCycle(config.databases.length), lane },
    counts: { ok: 0, failed: 0, resent: 0 },
    onInserted: (failure) => inserted(state, failure),
    ...{ seq: 0, remaining: 0, planned: 0, schedule: null, isResting: false, isStopped: false, ended: null },
  };
  return state;
}

function next(state: LaneState): void {
  if (state.isStopped) return;
  if (state.remaining === 0) {
    state.isResting = false;
    state.ended?.resolve(undefined);
    return;
  }
  if (state.schedule === null) {
    begin(state, NaN);
    return;
  }
  const dueNs = state.schedule.dueNs(state.planned - state.remaining);
  state.isResting = dueNs > state.parts.nowNs();
  if (!state.isResting) begin(state, dueNs);
}

function begin(state: LaneState, intendedNs: number): void {
  const { cycle, row, parts } = state;
  state.remaining -= 1;
  cycle.intendedNs = intendedNs;
  cycle.sequence = state.seq;
  cycle.operation = 0;
  cycle.attempts = 1;
  cycle.bytes = 0;
  cycle.localInsertNs = NaN;
  writeRow(state.format, state.ofLane, state.seq, row, state.rowAt);
  cycle.startNs = parts.nowNs();
  parts.own.insert(row, state.onInserted);
}

function inserted(state: LaneState, failure: CommandFailure | null): void {
  if (failure !== null) {
    void recover(state, failure);
    return;
  }
  const { cycle, gathering } = state;
  const insertedNs = state.parts.nowNs();
  cycle.localInsertNs = insertedNs - cycle.startNs;
  const seq = state.seq;
  state.seq += 1;
  if (gathering?.add(seq, state.row, insertedNs) === true) void deliver(state, gathering);
  else finish(state, 200, insertedNs);
}

/** The own database was lost: without it there is nothing to do but wait for it. */
async function recover(state: LaneState, failure: CommandFailure): Promise<void> {
  const { own, config, onLoss, onFatal, nowNs } = state.parts;
  try {
    if (failure.kind === 'refused') throw refused(failure.error, own.name);
    onLoss(failure.error);
    if (config.factors.onPeerLoss === 'fail') throw peerLost(own.name, failure.error.message);
    state.cycle.attempts += 1;
    state.counts.resent += 1;
    const present = await own.restore({ firstSeq: state.seq, count: 1 }, config.timeoutsMs.loss);
    if (present === 1) inserted(state, null);
    else own.insert(state.row, state.onInserted);
  } catch (error) {
    // Without a database there is nothing left to do but send what has gathered.
    if (config.factors.onPeerLoss === 'drop-and-report' && own.isAbandoned()) state.remaining = 0;
    else {
      onFatal(asError(error));
      state.isStopped = true;
    }
    finish(state, 500, nowNs());
  }
}

async function deliver(state: LaneState, gathering: Gathering): Promise<void> {
  let isComplete = false;
  try {
    isComplete = await gathering.deliver(state.cycle);
  } catch (error) {
    state.parts.onFatal(asError(error));
    state.isStopped = true;
  }
  finish(state, isComplete ? 200 : 502, state.parts.nowNs());
}

function finish(state: LaneState, status: number, doneNs: number): void {
  const { cycle, counts, parts } = state;
  cycle.status = status;
  cycle.doneNs = doneNs;
  if (status === 200) counts.ok += 1;
  else counts.failed += 1;
  parts.record(cycle);
  next(state);
}
