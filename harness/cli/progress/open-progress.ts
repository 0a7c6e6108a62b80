/** Picks the renderer for `--progress` and opens it on stderr. */
import type { WriteStream } from 'node:tty';
import { colorsFor } from '../colors.ts';
import type { ProgressMode } from './modes.ts';
import { plainProgress } from './plain.ts';
import type { Progress, ProgressEvent } from './progress-event.ts';
import { ttyProgress } from './tty.ts';

export interface ProgressOptions {
  readonly mode: ProgressMode;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  readonly isColorRefused: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `auto`: the live screen on a terminal, lines elsewhere and in CI, nothing with `-q`. `-v` wants lines to scroll. */
export function chooseMode(options: ProgressOptions, isTty: boolean): Exclude<ProgressMode, 'auto'> {
  if (options.mode !== 'auto') return options.mode;
  if (options.isQuiet) return 'none';
  const isCi = (options.env['CI'] ?? '') !== '';
  return isTty && !isCi && !options.isVerbose && options.env['TERM'] !== 'dumb' ? 'tty' : 'plain';
}

export async function openProgress(options: ProgressOptions, stream: WriteStream): Promise<Progress> {
  const isTty = stream.isTTY;
  switch (chooseMode(options, isTty)) {
    case 'tty':
      return ttyProgress(stream, colorsFor({ isRefused: options.isColorRefused, isTty, env: options.env }));
    case 'plain':
      return plainProgress(
        { write: (line) => stream.write(`${line}\n`), nowMs: () => performance.now() },
        options.isVerbose,
      );
    case 'json':
      return silent((event) => stream.write(`${jsonLine(event, new Date())}\n`));
    case 'none':
      return silent(() => undefined);
  }
}

/** One event as one line of JSON, with the wall-clock time first. */
export function jsonLine(event: ProgressEvent, at: Date): string {
  return JSON.stringify({ atIso: at.toISOString(), ...event });
}

function silent(show: (event: ProgressEvent) => void): Progress {
  return { show, [Symbol.asyncDispose]: () => Promise.resolve() };
}
