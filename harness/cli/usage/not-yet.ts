/** Commands that are designed but not part of this version: a clear answer instead of "unknown command". */
import { StrataError } from '../../foundation/errors.ts';

export const existingCommands = ['bench', 'doctor', 'report', 'compare', 'list', 'show', 'clean'] as const;
export const laterCommands = ['nightly', 'serve', 'export'] as const;

export function notYet(command: string): StrataError {
  return new StrataError({
    code: 'STRATA-E250',
    message: `${command} is not part of this version`,
    fix: `take one of: ${existingCommands.join(', ')}`,
  });
}
