/** Runs the preflight as whatever user started it, and prints how it failed. For tests. */
import { StrataError } from '../../harness/foundation/errors.ts';
import { preflightDocker } from './preflight.ts';

const outcome = await preflightDocker(new AbortController().signal).then(
  () => ({ code: null }),
  (error: unknown) =>
    error instanceof StrataError ? { code: error.code, message: error.message } : { error },
);
process.stdout.write(JSON.stringify(outcome));
