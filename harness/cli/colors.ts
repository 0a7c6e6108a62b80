/** Whether and how to colour. Colour only repeats what the words already say. */
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

export interface ColorQuestion {
  /** `--no-color` was given. */
  readonly isRefused: boolean;
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * `--no-color` and a non-empty `NO_COLOR` (no-color.org) win over everything; `FORCE_COLOR` wins over the rest; else
 * colour goes to terminals that can show it and not to `CI` logs.
 */
export function wantsColor({ isRefused, isTty, env }: ColorQuestion): boolean {
  const isSet = (name: string) => env[name] !== undefined && env[name] !== '';
  if (isRefused || isSet('NO_COLOR')) return false;
  if (isSet('FORCE_COLOR')) return env['FORCE_COLOR'] !== '0';
  return isTty && !isSet('CI') && env['TERM'] !== 'dumb';
}

export function colorsFor(question: ColorQuestion): Colors {
  return pc.createColors(wantsColor(question));
}
