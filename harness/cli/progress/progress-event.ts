/** What a run tells while it runs. Renderers turn these into a screen, lines or JSON; nothing here knows how. */
import type { TrialCause, TrialMetrics, TrialPhase, TrialStatus } from '../../../results/store/records.ts';

/** A trial of the plan, as far as the display needs it. */
export interface UpcomingTrial {
  readonly trialId: string;
  readonly cellKey: string;
  /** The cell in words. */
  readonly label: string;
}

export interface RunStarted {
  readonly kind: 'run-started';
  readonly runId: string;
  readonly runDir: string;
  /** Trials to be run now, in order; of a resumed run only those that are missing. */
  readonly trials: readonly UpcomingTrial[];
  /** A stopping rule may end the run before the last of them. */
  readonly mayEndEarly?: boolean;
}

export interface PhaseEntered {
  readonly kind: 'phase';
  readonly trialId: string;
  readonly attempt: number;
  readonly label: string;
  readonly phase: TrialPhase;
}

/** Sent while something is waited for, as often as the sender likes. */
export interface Waiting {
  readonly kind: 'waiting';
  /** The end of the sentence "waiting for …". */
  readonly what: string;
  readonly elapsedMs: number;
  readonly limitMs: number;
  readonly log: string | null;
}

export interface TrialFinished {
  readonly kind: 'trial-finished';
  readonly trialId: string;
  readonly attempt: number;
  readonly cellKey: string;
  readonly label: string;
  readonly status: TrialStatus;
  readonly durationMs: number;
  readonly correct: boolean | null;
  readonly cause: TrialCause | null;
  readonly metrics: TrialMetrics | null;
  /** The trial will be tried again: it stays among the remaining ones. */
  readonly willRetry: boolean;
}

export interface Note {
  readonly kind: 'note';
  /** `detail` is shown with `-v` only. */
  readonly level: 'detail' | 'info' | 'warning';
  readonly message: string;
}

export interface RunFinished {
  readonly kind: 'run-finished';
  readonly status: 'complete' | 'partial' | 'interrupted';
  readonly durationMs: number;
}

export type ProgressEvent = RunStarted | PhaseEntered | Waiting | TrialFinished | Note | RunFinished;

/** Takes events until it is disposed, which leaves the terminal as it was found. Events never throw or wait. */
export interface Progress extends AsyncDisposable {
  show(event: ProgressEvent): void;
}
