/**
 * What is going on outside a run, in one line on stderr: rewritten in place on a terminal; elsewhere written anew, at
 * most once in 10 s.
 */
import { observeWaits } from '../../foundation/deadline.ts';
import { waitingText } from './progress-text.ts';

/** Disposing it clears the line. */
export interface StatusLine extends Disposable {
  show(text: string): void;
  /** Before something else is written. */
  clear(): void;
}

export interface StatusSink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

const quietIntervalMs = 10_000;
const clearLine = '\r\u001b[2K';

export function openStatusLine(
  sink: StatusSink,
  isQuiet: boolean,
  nowMs: () => number = () => performance.now(),
): StatusLine {
  let isShown = false;
  let lastMs = -Infinity;
  const clear = () => {
    if (isShown) sink.write(clearLine);
    isShown = false;
  };
  const show = (text: string) => {
    if (isQuiet) return;
    if (sink.isTTY === true) {
      sink.write(`${clearLine}${cut(text, (sink.columns ?? 80) - 1)}`);
      isShown = true;
    } else if (nowMs() - lastMs >= quietIntervalMs) {
      lastMs = nowMs();
      sink.write(`${text}\n`);
    }
  };
  return { show, clear, [Symbol.dispose]: clear };
}

/** Shows every wait of this process that lasts a second or longer, until disposed. */
export function showWaits(line: StatusLine): Disposable {
  return observeWaits((wait) => line.show(waitingText({ kind: 'waiting', ...wait })));
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
}
