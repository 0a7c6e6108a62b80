/**
 * Files of a node, moved through commands. The engine's archive calls do not see a RAM disk: engines before
 * version 24 mount the container anew for them, without its tmpfs, and lose what is put there.
 */
import { randomUUID } from 'node:crypto';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { CommandRunner } from './command-runner.ts';
import { runToEnd, type Collected, type CommandLimits } from './processes.ts';

/** Moving whole files to a node and back; both reject with an error that names the file. */
export interface NodeFiles {
  readonly put: (content: Uint8Array, file: string) => Promise<void>;
  readonly get: (file: string) => Promise<Uint8Array>;
}

export function commandFiles(runner: CommandRunner): NodeFiles {
  return {
    put: (content, file) => putFile(runner, content, file),
    get: (file) => getFile(runner, file),
  };
}

/** Renamed into place, so that a program being replaced, or put twice at once, is never seen in part. */
const putScript = `cat > "$2" && chmod 755 "$2" && mv -f -- "$2" "$1" || { rm -f -- "$2"; exit 1; }`;

const timeoutMs = 60_000;

async function putFile(runner: CommandRunner, content: Uint8Array, file: string): Promise<void> {
  const command = ['sh', '-c', putScript, 'put', file, `${file}.${randomUUID()}`] as const;
  await fileCommand(runner, `put ${file}`, command, { stdin: content });
}

async function getFile(runner: CommandRunner, file: string): Promise<Uint8Array> {
  const { stdout } = await fileCommand(runner, `get ${file}`, ['cat', '--', file]);
  return stdout;
}

async function fileCommand(
  runner: CommandRunner,
  what: string,
  command: readonly [string, ...string[]],
  input: Pick<CommandLimits, 'stdin'> = {},
): Promise<Collected> {
  const result = await runToEnd(runner, command, {
    ...input,
    timeoutMs,
    signal: new AbortController().signal,
  });
  if (result.exitCode === 0) return result;
  throw new StrataError({
    code: runner.codes.file,
    message: `node ${runner.node} cannot ${what}`,
    fix: 'see the cause; the path must lie in a directory that exists on the node',
    cause: new Error(result.stderr.toString('utf8').trim() || `exit code ${result.exitCode}`),
  });
}
