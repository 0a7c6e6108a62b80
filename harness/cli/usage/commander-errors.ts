/** What commander finds wrong on the command line, as a StrataError with what was probably meant. */
import { CommanderError } from 'commander';
import { StrataError } from '../../foundation/errors.ts';
import { closest } from '../../plan/did-you-mean.ts';

/** Help and version end the program without being a failure. */
export function isPlainExit(error: unknown): error is CommanderError {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** @param known - words that would have been understood: flags with their dashes, and commands. */
export function usageError(error: CommanderError, known: readonly string[]): StrataError {
  const message = error.message.replace(/^error: /, '').replace(/\n?\(Did you mean .*\)$/s, '');
  const word = /'([^' ]+)/.exec(message)?.[1] ?? '';
  const bare = word.replace(/^-+/, '').replace(/=.*$/s, '');
  const candidates = known.map((name) => name.replace(/^-+/, ''));
  const near =
    error.code === 'commander.unknownOption' || error.code === 'commander.unknownCommand'
      ? closest(bare, candidates)
      : undefined;
  const meant = known.find((name) => name.replace(/^-+/, '') === near);
  return new StrataError({
    code: 'STRATA-E253',
    message: meant === undefined ? message : `${message}; did you mean ${meant}?`,
    fix: 'npm run bench -- --help shows all commands and flags',
  });
}
