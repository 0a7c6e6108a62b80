/** Finding the program a command names, so that a missing one is told apart from everything else that can fail. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';

/** Absolute path of a program, looked up as a shell would; throws E401 with the system's error as the cause. */
export function findProgram(name: string, searchPath: string, cwd: string): string {
  const candidates = name.includes('/')
    ? [path.resolve(cwd, name)]
    : searchPath.split(':').map((directory) => path.join(directory, name));
  let refused: unknown;
  for (const candidate of candidates) {
    if (!isFile(candidate)) continue;
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch (error) {
      refused ??= error;
    }
  }
  throw new StrataError({
    code: 'STRATA-E401',
    message: `the command "${name}" cannot be run`,
    fix: `install ${path.basename(name)} on this machine, or put it into PATH`,
    cause: refused ?? new Error(`ENOENT: no such file or directory, "${name}" in ${searchPath}`),
  });
}

/** In a directory that may not be searched there is, for this user, no such program. */
function isFile(candidate: string): boolean {
  try {
    return statSync(candidate).isFile();
  } catch {
    return false;
  }
}
