/** The words of the display, shared by the live screen and the plain lines. Pure. */
import { duration, grouped, measured } from '../../../analysis/report/numbers.ts';
import type { TrialFinished, Waiting } from './progress-event.ts';
import { remainingMs, type ProgressState } from './progress-state.ts';

const phaseWords: Readonly<Record<string, string>> = {
  provision: 'starting nodes',
  prepare: 'preparing the workload',
  drive: 'measuring',
  verify: 'verifying the answers',
  record: 'recording samples',
  dispose: 'removing nodes',
};

export function phaseText(phase: string): string {
  return phaseWords[phase] ?? phase;
}

/** `trial 3 of 9`: the number of the current trial in this invocation. */
export function positionText(state: ProgressState): string {
  const total = state.run?.trials.length ?? 0;
  const done = total - state.remaining.length;
  return `trial ${grouped(Math.min(done + 1, total))} of ${atMost(state)}${grouped(total)}`;
}

export function countsText(state: ProgressState): string {
  return `${grouped(state.completed)} ok, ${grouped(state.failed)} failed`;
}

export function etaText(state: ProgressState, nowMs: number): string {
  const ms = remainingMs(state, nowMs);
  if (ms === null) return 'time left not known yet';
  return `${state.run?.mayEndEarly === true ? 'at most' : 'about'} ${duration(ms)} left`;
}

function atMost({ run }: ProgressState): string {
  return run?.mayEndEarly === true ? 'at most ' : '';
}

/** `waiting 3.0 s of 30.0 s for replica-2 to answer (log: …)`. */
export function waitingText(waiting: Waiting): string {
  const log = waiting.log === null ? '' : ` (log: ${waiting.log})`;
  return `waiting ${duration(waiting.elapsedMs)} of ${duration(waiting.limitMs)} for ${waiting.what}${log}`;
}

/** How a trial ended, with its cell. */
export function finishedText(event: TrialFinished): string {
  const attempt = event.attempt === 1 ? '' : ` (attempt ${event.attempt})`;
  return `${event.trialId}${attempt} ${event.label}: ${outcomeText(event)}`;
}

/** How a trial ended; a failure carries its code and cause, never a figure. */
export function outcomeText(event: TrialFinished): string {
  if (event.status !== 'completed') {
    const retry = event.willRetry ? '; trying once more' : '';
    const cause = event.cause === null ? 'no cause recorded' : `${event.cause.code} ${event.cause.message}`;
    return `${event.status} after ${duration(event.durationMs)}, ${cause}${retry}`;
  }
  const { metrics } = event;
  const figures =
    metrics === null
      ? 'no figures'
      : `${measured(metrics.throughputPerS)} requests/s, p99 ${measured(metrics.latencyMs.p99)} ms`;
  return `${figures}, ${answerText(event.correct)}, ${duration(event.durationMs)}`;
}

function answerText(correct: boolean | null): string {
  if (correct === null) return 'correctness unknown';
  return correct ? 'correct' : 'WRONG';
}
