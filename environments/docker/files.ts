/**
 * Files of a node, moved through commands. The engine's archive calls do not see a RAM disk: engines before
 * version 24 mount the container anew for them, without its tmpfs, and lose what is put there.
 */
import { randomUUID } from 'node:crypto';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { ContainerHandle } from './command.ts';
import { runToEnd, type Collected, type CommandLimits } from './processes.ts';

/** Renamed into place, so that a program being replaced, or put twice at once, is never seen in part. */
const putScript = `cat > "$2" && chmod 755 "$2" && mv -f -- "$2" "$1" || { rm -f -- "$2"; exit 1; }`;

const timeoutMs = 60_000;

export async function putFile(handle: ContainerHandle, content: Uint8Array, file: string): Promise<void> {
  const command = ['sh', '-c', putScript, 'put', file, `${file}.${randomUUID()}`] as const;
  await fileCommand(handle, `put ${file}`, command, { stdin: content });
}

export async function getFile(handle: ContainerHandle, file: string): Promise<Uint8Array> {
  const { stdout } = await fileCommand(handle, `get ${file}`, ['cat', '--', file]);
  return stdout;
}

async function fileCommand(
  handle: ContainerHandle,
  what: string,
  command: readonly [string, ...string[]],
  input: Pick<CommandLimits, 'stdin'> = {},
): Promise<Collected> {
  const result = await runToEnd(handle, command, {
    ...input,
    timeoutMs,
    signal: new AbortController().signal,
  });
  if (result.exitCode === 0) return result;
  throw new StrataError({
    code: 'STRATA-E414',
    message: `node ${handle.node} cannot ${what}`,
    fix: 'see the cause; the path must lie in a directory that exists on the node',
    cause: new Error(result.stderr.toString('utf8').trim() || `exit code ${result.exitCode}`),
  });
}
