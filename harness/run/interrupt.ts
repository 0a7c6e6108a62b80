/**
 * SIGINT and SIGTERM: the first asks the run to finish its teardown and keep what it has; the second leaves at once
 * and says what stays behind.
 */
import { setMaxListeners } from 'node:events';
import { Interrupted } from './failure.ts';

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
  /** Set once a signal has come. */
  readonly interrupted: Interrupted | undefined;
}

export function listenForInterrupt(say: (line: string) => void): Interrupt {
  const controller = new AbortController();
  // Every node that is waited for listens: 15 replicas are more than Node.js takes for a leak.
  setMaxListeners(0, controller.signal);
  let interrupted: Interrupted | undefined;
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    if (interrupted !== undefined) {
      say('Leaving at once. Nodes and directories of this run stay behind: `npm run clean` removes them.');
      process.exit(interrupted.exitCode);
    }
    interrupted = new Interrupted(name);
    say(
      `${name}: ending the trial and removing its nodes; the results so far are kept. Again to leave at once.`,
    );
    controller.abort(interrupted);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    get interrupted() {
      return interrupted;
    },
    [Symbol.dispose]() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
