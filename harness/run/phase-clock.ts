/** Measures how long each phase of a trial takes, and knows which one is going on when something fails. */
import type { TrialPhase } from '../../results/store/records.ts';

export interface PhaseClock {
  /** Ends the current phase and begins the next. */
  enter(phase: TrialPhase): void;
  /** Ends the last phase; the durations, in milliseconds. */
  finish(): Partial<Record<TrialPhase, number>>;
  readonly current: TrialPhase;
}

export function phaseClock(onEnter: (phase: TrialPhase) => void): PhaseClock {
  const durationsMs: Partial<Record<TrialPhase, number>> = {};
  let current: TrialPhase = 'provision';
  let enteredMs: number | undefined;
  const leave = () => {
    if (enteredMs === undefined) return;
    durationsMs[current] = (durationsMs[current] ?? 0) + performance.now() - enteredMs;
  };
  return {
    enter(phase) {
      leave();
      current = phase;
      enteredMs = performance.now();
      onEnter(phase);
    },
    finish() {
      leave();
      enteredMs = undefined;
      return durationsMs;
    },
    get current() {
      return current;
    },
  };
}
