/**
 * The forgotten `--`: with `npm run bench --env vm` npm keeps `--env` for itself, as `npm_config_env=vm` or, for a
 * flag followed by its value, `npm_config_env=true` and a stray `vm` on our command line. Running with defaults then
 * would answer a question nobody asked, so it is named and refused. Pure.
 */
import { StrataError } from '../../foundation/errors.ts';

export interface Invocation {
  /** Without node and the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All our long flags without the dashes, and whether each takes a value. */
  readonly flags: ReadonlyMap<string, { readonly takesValue: boolean }>;
  readonly commands: readonly string[];
}

/** npm has settings of these names itself, so that one being set proves nothing. */
const npmsOwn = new Set([
  'json',
  'color',
  'version',
  'yes',
  'all',
  'verbose',
  'quiet',
  'help',
  'progress',
  'workspace',
]);

/** How npm calls `npm run`, by its age. */
const runCommands = new Set(['run', 'run-script']);

/** @throws StrataError E251 */
export function refuseForgottenDashes(invocation: Invocation): void {
  const { argv, env, flags, commands } = invocation;
  // Only under `npm run` does npm look at the command line first.
  const script = env['npm_lifecycle_event'];
  if (script === undefined || !runCommands.has(env['npm_command'] ?? '')) return;
  const taken = [...flags].flatMap(([flag, { takesValue }]) => {
    const value = env[`npm_config_${flag.replaceAll('-', '_')}`];
    const isGiven = argv.some((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
    return value === undefined || value === '' || isGiven || npmsOwn.has(flag)
      ? []
      : [{ flag, value, takesValue }];
  });
  if (taken.length === 0) return;
  const strays = argv.filter((word) => !word.startsWith('-') && !commands.includes(word));
  const words = taken.flatMap(({ flag, value, takesValue }) => {
    if (!takesValue) return [`--${flag}`];
    return [`--${flag}`, value === 'true' ? (strays.shift() ?? '<value>') : value];
  });
  throw new StrataError({
    code: 'STRATA-E251',
    message: `npm took ${taken.map(({ flag }) => `--${flag}`).join(', ')} for itself: a "--" is missing before the flags`,
    fix: ['npm run', script, '--', ...argv.filter((word) => word.startsWith('-')), ...words]
      .map(quoted)
      .join(' '),
  });
}

function quoted(word: string): string {
  return /^[\w@%+=:,./<>-]+( run)?$/.test(word) && !/[<>]\d/.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
