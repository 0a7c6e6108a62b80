/**
 * Progress as lines for logs: one per phase change and per finished trial; waits, notes and signs of life at most
 * one in 10 s (all of them with `-v`). The core decides which lines; the shell writes them.
 */
import { duration } from '../../../analysis/report/numbers.ts';
import type { Progress, ProgressEvent } from './progress-event.ts';
import { advance, initialState, type ProgressState } from './progress-state.ts';
import { countsText, etaText, finishedText, phaseText, positionText, waitingText } from './progress-text.ts';

export const quietIntervalMs = 10_000;

export interface PlainState {
  readonly progress: ProgressState;
  /** When the last line was written. */
  readonly lastLineMs: number;
  /** A line held back because another came less than 10 s before it. */
  readonly pending: Incidental | null;
}

interface Incidental {
  readonly text: string;
  /** What a builder says of its work tells more than that it is waited for. */
  readonly isNote: boolean;
}

export function initialPlain(nowMs: number): PlainState {
  return { progress: initialState(nowMs), lastLineMs: -Infinity, pending: null };
}

/** `tick` stands for "time has passed": it lets out what was held back, or says that the trial is still going. */
export function plainLines(
  state: PlainState,
  event: ProgressEvent | { readonly kind: 'tick' },
  nowMs: number,
  isVerbose: boolean,
): { readonly state: PlainState; readonly lines: readonly string[] } {
  const progress = event.kind === 'tick' ? state.progress : advance(state.progress, event, nowMs);
  const important = event.kind === 'tick' ? null : importantLine(progress, event);
  if (important !== null) {
    return { state: { progress, lastLineMs: nowMs, pending: null }, lines: [important] };
  }
  const incidental = laterOf(state.pending, event.kind === 'tick' ? null : incidentalLine(event, isVerbose));
  const isDue = isVerbose || nowMs - state.lastLineMs >= quietIntervalMs;
  if (!isDue) return { state: { ...state, progress, pending: incidental }, lines: [] };
  const line = incidental?.text ?? (isVerbose ? null : signOfLife(progress, nowMs));
  if (line === null) return { state: { ...state, progress }, lines: [] };
  return { state: { progress, lastLineMs: nowMs, pending: null }, lines: [line] };
}

function laterOf(before: Incidental | null, now: Incidental | null): Incidental | null {
  if (now === null || before === null) return now ?? before;
  return before.isNote && !now.isNote ? before : now;
}

function importantLine(progress: ProgressState, event: ProgressEvent): string | null {
  switch (event.kind) {
    case 'run-started':
      return `run ${event.runId}: ${event.trials.length} trials, kept in ${event.runDir}`;
    case 'phase':
      return `[${positionText(progress)}] ${event.label}: ${phaseText(event.phase)}`;
    case 'trial-finished':
      return finishedText(event);
    case 'run-finished':
      return `run ${event.status} in ${duration(event.durationMs)}: ${countsText(progress)}`;
    case 'note':
      return event.level === 'warning' ? `warning: ${event.message}` : null;
    case 'waiting':
      return null;
  }
}

function incidentalLine(event: ProgressEvent, isVerbose: boolean): Incidental | null {
  if (event.kind === 'waiting') return { text: waitingText(event), isNote: false };
  if (event.kind !== 'note') return null;
  return event.level !== 'detail' || isVerbose ? { text: event.message, isNote: true } : null;
}

function signOfLife(progress: ProgressState, nowMs: number): string | null {
  const { current } = progress;
  if (current === null) return null;
  const elapsed = duration(nowMs - current.phaseStartedMs);
  const counts = `${countsText(progress)}, ${etaText(progress, nowMs)}`;
  return `[${positionText(progress)}] still ${phaseText(current.phase)}, ${elapsed} so far; ${counts}`;
}

export interface LineSink {
  readonly write: (line: string) => void;
  readonly nowMs: () => number;
}

export function plainProgress(sink: LineSink, isVerbose: boolean): Progress {
  let state = initialPlain(sink.nowMs());
  const take = (event: ProgressEvent | { readonly kind: 'tick' }) => {
    const next = plainLines(state, event, sink.nowMs(), isVerbose);
    state = next.state;
    next.lines.forEach((line) => sink.write(line));
  };
  const timer = setInterval(() => take({ kind: 'tick' }), 1000).unref();
  return {
    show: take,
    [Symbol.asyncDispose]() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}
