/** A question on the terminal, answered with yes or no. */
import { createInterface } from 'node:readline';
import { once } from 'node:events';

export interface Question {
  /** Without its end: `[y/N]` or `[Y/n]` is added. */
  readonly text: string;
  /** What Enter means. */
  readonly byDefault: boolean;
  readonly signal: AbortSignal;
}

export interface Dialogue {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asked on stderr, where results are not. The end of the input means no; an abort rejects. */
export async function ask(
  { text, byDefault, signal }: Question,
  { input, output }: Dialogue = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  signal.throwIfAborted();
  const terminal = createInterface({ input, output });
  // While it is asked the terminal hands Ctrl-C over as a key: made a signal again, it ends the command as always.
  terminal.on('SIGINT', () => {
    output.write('\n');
    process.kill(process.pid, 'SIGINT');
  });
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  try {
    const ended = once(terminal, 'close', { signal: either }).then(() => null);
    const answered = once(terminal, 'line', { signal: either }).then(([line]) => String(line).trim());
    terminal.setPrompt(`${text} [${byDefault ? 'Y/n' : 'y/N'}] `);
    terminal.prompt();
    const answer = await Promise.race([answered, ended]);
    if (answer === null) output.write('\n');
    return answer === '' ? byDefault : /^y(es)?$/i.test(answer ?? 'no');
  } finally {
    over.abort();
    terminal.close();
  }
}

/** Whether there is somebody to ask. */
export function isSomebodyThere(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}
