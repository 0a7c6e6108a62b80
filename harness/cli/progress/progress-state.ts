/** What the display knows: events folded into one value, with the time each thing began. Pure. */
import { etaMs, type FinishedTrial } from './eta.ts';
import type {
  Note,
  ProgressEvent,
  RunStarted,
  TrialFinished,
  UpcomingTrial,
  Waiting,
} from './progress-event.ts';

export interface CurrentTrial {
  readonly trialId: string;
  readonly attempt: number;
  readonly label: string;
  readonly phase: string;
  readonly startedMs: number;
  readonly phaseStartedMs: number;
}

export interface ProgressState {
  readonly run: RunStarted | null;
  readonly startedMs: number;
  readonly remaining: readonly UpcomingTrial[];
  readonly finished: readonly FinishedTrial[];
  readonly completed: number;
  readonly failed: number;
  readonly current: CurrentTrial | null;
  /** The last wait of the current phase. */
  readonly waiting: Waiting | null;
  /** When it was heard of; one that goes on is heard of every second. */
  readonly waitingSeenMs: number;
  readonly lastFinished: TrialFinished | null;
  readonly lastNote: Note | null;
  readonly isOver: boolean;
}

export function initialState(nowMs: number): ProgressState {
  return {
    run: null,
    startedMs: nowMs,
    remaining: [],
    finished: [],
    completed: 0,
    failed: 0,
    current: null,
    waiting: null,
    waitingSeenMs: -Infinity,
    lastFinished: null,
    lastNote: null,
    isOver: false,
  };
}

export function advance(state: ProgressState, event: ProgressEvent, nowMs: number): ProgressState {
  switch (event.kind) {
    case 'run-started':
      return { ...state, run: event, remaining: event.trials, startedMs: nowMs };
    case 'phase': {
      const { trialId, attempt, label, phase } = event;
      const before = state.current;
      const isSame = before !== null && before.trialId === trialId && before.attempt === attempt;
      const startedMs = isSame ? before.startedMs : nowMs;
      const current = { trialId, attempt, label, phase, startedMs, phaseStartedMs: nowMs };
      return { ...state, current, waiting: null, lastNote: null };
    }
    case 'waiting':
      return { ...state, waiting: event, waitingSeenMs: nowMs };
    case 'trial-finished':
      return afterTrial(state, event);
    case 'note':
      return { ...state, lastNote: event.level === 'detail' ? state.lastNote : event };
    case 'run-finished':
      return { ...state, current: null, waiting: null, isOver: true };
  }
}

function afterTrial(state: ProgressState, event: TrialFinished): ProgressState {
  const { cellKey, durationMs } = event;
  const without = state.remaining.filter(({ trialId }) => trialId !== event.trialId);
  return {
    ...state,
    current: null,
    waiting: null,
    lastFinished: event,
    remaining: event.willRetry ? state.remaining : without,
    finished: event.status === 'completed' ? [...state.finished, { cellKey, durationMs }] : state.finished,
    completed: state.completed + (event.status === 'completed' ? 1 : 0),
    failed: state.failed + (event.status !== 'completed' && !event.willRetry ? 1 : 0),
  };
}

/** Milliseconds until the run ends; null while no trial has completed. */
export function remainingMs(state: ProgressState, nowMs: number): number | null {
  const { current, remaining } = state;
  const ordered = [...remaining].sort((a, b) => rank(a, current) - rank(b, current));
  const elapsedMs = current === null ? 0 : nowMs - current.startedMs;
  return etaMs(
    ordered.map(({ cellKey }) => cellKey),
    state.finished,
    elapsedMs,
  );
}

function rank(trial: UpcomingTrial, current: CurrentTrial | null): number {
  return trial.trialId === current?.trialId ? 0 : 1;
}
