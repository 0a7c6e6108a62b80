/** What every command knows of the terminal it runs on. Results go to stdout, everything else to stderr. */
import { colorsFor, type Colors } from './colors.ts';

export interface CommonOptions {
  /** False with `--no-color`. */
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly json: boolean;
}

export interface Terminal extends CommonOptions {
  readonly columns: number;
  /** For stdout. */
  readonly colors: Colors;
  readonly print: (text: string) => void;
  readonly say: (line: string) => void;
}

const columnsWithoutTerminal = 110;

export function openTerminal(options: Partial<CommonOptions>): Terminal {
  const { color = true, quiet = false, verbose = false, json = false } = options;
  const isTty = process.stdout.isTTY;
  return {
    ...{ color, quiet, verbose, json },
    columns: isTty ? process.stdout.columns : columnsWithoutTerminal,
    colors: colorsFor({ isRefused: !color, isTty, env: process.env }),
    print: (text) => process.stdout.write(`${text}\n`),
    say: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
  };
}
