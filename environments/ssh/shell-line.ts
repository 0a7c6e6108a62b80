/** A command as the one line of text that SSH carries, safe for any POSIX shell at the other end. Pure. */
import { launcher } from '../command/launcher.ts';

export interface LineRequest {
  /** Absolute directory the command starts in. */
  readonly workDir: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly hasInput: boolean;
  readonly merged: boolean;
  /** The launcher's word. */
  readonly nonce: string;
}

/** Linux takes no longer argument, and the line is one (MAX_ARG_STRLEN). */
const maxLineBytes = 128 * 1024 - 1;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * The login shell changes directory, sets the environment and becomes the command: not one fork. Without input
 * the command reads an empty file, so that the channel's own input can stay open until the end. Throws an error
 * with the reason when there is no such line.
 */
export function shellLine({ workDir, command, env, hasInput, merged, nonce }: LineRequest): string {
  const exports = Object.entries(env).map(([name, value]) => {
    if (!variableName.test(name)) throw new Error(`a shell cannot set a variable called "${name}"`);
    return `export ${name}=${quote(value)}\n`;
  });
  const line = [
    `cd ${quote(workDir)} || exit 126\n`,
    ...exports,
    `set -- ${command.map(quote).join(' ')}\n`,
    launcher.replaceAll('"$0"', nonce),
    hasInput ? '' : ' </dev/null',
    merged ? ' 2>&1' : '',
  ].join('');
  const bytes = Buffer.byteLength(line);
  if (bytes > maxLineBytes) {
    throw new Error(`command and environment take ${bytes} bytes, at most ${maxLineBytes} fit (E2BIG)`);
  }
  return line;
}

function quote(text: string): string {
  if (text.includes('\0')) throw new Error('an argument holds a zero byte');
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
