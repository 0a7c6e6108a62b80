/** Work outside a run that Ctrl-C ends in order: what it holds is released, and the exit code is that of the signal. */
import { setMaxListeners } from 'node:events';
import { Interrupted } from '../run/failure.ts';

/**
 * Rejects with {@link Interrupted} once a SIGINT or SIGTERM has come and the work has ended, however it ended. A second
 * signal leaves at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  say: (line: string) => void,
): Promise<T> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let interrupted: Interrupted | undefined;
  const onSignal = (name: 'SIGINT' | 'SIGTERM') => {
    if (interrupted !== undefined) {
      say('Leaving at once: `npm run clean` removes what stays behind.');
      process.exit(interrupted.exitCode);
    }
    interrupted = new Interrupted(name);
    say(`${name}: stopping. Again to leave at once.`);
    controller.abort(interrupted);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const result = await work(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } catch (error) {
    // What breaks under an interruption is no failure of its own.
    throw interrupted ?? error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}
