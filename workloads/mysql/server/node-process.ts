/** Waiting for something a process on a node has to do, without waiting for a process that has ended. */
import type { Node, NodeProcess } from '../../../environments/environment.ts';
import { StrataError } from '../../../harness/foundation/errors.ts';

/** The outcome of `work`; E541 with the last words of the process when it ends first. */
export async function unlessEnded<T>(process: NodeProcess, node: Node, work: Promise<T>): Promise<T> {
  const outcome = await Promise.race([
    work.then((value) => ({ value })),
    process.exited.then(async (exitCode) => ({ error: await endedError(process, node, exitCode) })),
  ]);
  if ('value' in outcome) return outcome.value;
  throw outcome.error;
}

/** E541 with the exit code and the last words of a process. */
export async function endedError(process: NodeProcess, node: Node, exitCode: number): Promise<StrataError> {
  const words = await process.logTail(20).catch(() => '');
  return new StrataError({
    code: 'STRATA-E541',
    message: `${process.name} on ${node.name} ended with exit code ${exitCode}`,
    fix: 'read its last words below',
    cause: new Error(words.trim() === '' ? 'it wrote nothing' : words.trim()),
    log: node.logDir,
  });
}
