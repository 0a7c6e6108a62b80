/** Waiting for something a process on a node has to do, without waiting for a process that has ended. */
import { constants } from 'node:os';
import type { Node, NodeProcess } from '../environments/environment.ts';
import { StrataError, type ErrorCode } from '../harness/foundation/errors.ts';

/** What the error says of a process that ended. */
export interface EndWords {
  readonly code: ErrorCode;
  /** When it ended, for a process that was started a moment ago: `before it was ready`. */
  readonly when?: string;
  /** How to get a program that is not there. */
  readonly install?: string;
}

/** The outcome of `work`; an error with the last words of the process when it ends first. */
export async function unlessEnded<T>(
  process: NodeProcess,
  node: Node,
  work: Promise<T>,
  words: EndWords,
): Promise<T> {
  const ended = process.exited.then(async (exitCode): Promise<never> => {
    throw await endedError(process, node, exitCode, words);
  });
  // Whoever loses the race must not become an unhandled rejection.
  ended.catch(() => undefined);
  work.catch(() => undefined);
  return await Promise.race([work, ended]);
}

/** An error with the exit code and the last words of a process. */
export async function endedError(
  process: NodeProcess,
  node: Node,
  exitCode: number,
  { code, when, install }: EndWords,
): Promise<StrataError> {
  const lastWords = (await process.logTail(20).catch(() => '')).trim();
  return new StrataError({
    code,
    message: [`${process.name} on ${node.name} ${howItEnded(exitCode)}`, when ?? []].flat().join(' '),
    fix: fixOf(exitCode, lastWords, `install ${install ?? process.name} on the node: it was not found`),
    ...(lastWords === '' ? {} : { cause: new Error(lastWords) }),
    log: node.logDir,
  });
}

/** As a shell tells it: 127 is a program that was not found, 128 + n the signal n. */
function howItEnded(exitCode: number): string {
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return signal === undefined ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
}

function fixOf(exitCode: number, lastWords: string, install: string): string {
  if (exitCode === 127) return install;
  if (lastWords !== '') return 'read its last words below';
  return exitCode === 128 + constants.signals.SIGKILL
    ? 'it wrote nothing: a memory limit killed it, or another user of the machine, or a fault of the run'
    : 'it wrote nothing: run it by hand on the node to see why';
}
