/** The doctor's findings as text, and the exit code they give. Pure. */
import type { EnvironmentName } from '../../foundation/cell.ts';
import type { Colors } from '../colors.ts';
import { wrapped } from '../summary/text-layout.ts';
import type { Diagnosis } from './check.ts';

const marks = { ok: '[✓]', warn: '[!]', fail: '[✗]' } as const;

export function doctorText(found: readonly Diagnosis[], columns: number, colors: Colors): string {
  const width = Math.min(110, Math.max(40, columns));
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red };
  const environments = [...new Set(found.map(({ env }) => env))];
  const block = ({ state, title, enables, detail, advice }: Diagnosis) => [
    `  ${wrapped(`${paint[state](marks[state])} ${title}: ${detail}`, width - 2, '      ')}`,
    ...(state === 'ok' ? [] : [`      ${colors.dim(`enables ${enables}`)}`]),
    ...(advice === null ? [] : [`      ${wrapped(`→ ${advice}`, width - 6, '        ')}`]),
  ];
  const section = (env: EnvironmentName) => {
    const own = found.filter((diagnosis) => diagnosis.env === env);
    return [colors.bold(`${env}: ${verdict(own)}`), ...own.flatMap(block)].join('\n');
  };
  return environments.map(section).join('\n\n');
}

function verdict(found: readonly Diagnosis[]): string {
  if (found.some(({ state }) => state === 'fail')) return 'not ready';
  return found.some(({ state }) => state === 'warn') ? 'ready, with less' : 'ready';
}

/** 3 only when something fails that the environments asked for by `--env` need. Nothing asked for: nothing needed. */
export function doctorExitCode(found: readonly Diagnosis[], asked: readonly EnvironmentName[]): 0 | 3 {
  return found.some(({ env, state }) => state === 'fail' && asked.includes(env)) ? 3 : 0;
}
