/** Failures are data: what ended a trial becomes a record with code, causes and fix. */
import { asError, causeChain, inOrderThrown, StrataError } from '../foundation/errors.ts';
import type { TrialCause, TrialPhase } from '../../results/store/records.ts';

/** The reason a signal is aborted with when the user interrupts the run. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signalName: 'SIGINT' | 'SIGTERM';

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signalName}`);
    this.signalName = signalName;
  }

  /** 128 + signal number, as a shell would report it. */
  get exitCode(): 130 | 143 {
    return this.signalName === 'SIGINT' ? 130 : 143;
  }
}

/** What a trial is recorded with that the user interrupted, whatever broke first under the interruption. */
export function interruption(reason: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E506',
    message: asError(reason).message,
    fix: 'npm run bench -- --resume RUN runs this trial again',
  });
}

/** What failed first; what failed in its wake, such as the teardown, is told after the causes. */
export function trialCause(thrown: unknown, phase: TrialPhase): TrialCause {
  const [error, ...later] = inOrderThrown(thrown);
  const [message = 'unknown', ...causes] = causeChain(error);
  const because = [...causes, ...later.map((failure) => `after that: ${causeChain(failure).join(': ')}`)];
  if (error instanceof StrataError) {
    return { code: error.code, message, because, fix: error.fix, phase, log: error.log ?? null };
  }
  const stack = asError(error).stack?.split('\n').slice(1, 3).join(' ').trim();
  return {
    code: 'STRATA-E100',
    message,
    because: stack === undefined ? because : [...because, stack],
    fix: 'this is a bug in strata: report it with the run directory',
    phase,
    log: null,
  };
}

/** Only a failure of the surroundings is worth another attempt: a wrong answer repeated is still wrong. */
export function worthRetrying(cause: TrialCause | null): boolean {
  return cause !== null && cause.code.startsWith('STRATA-E4');
}
