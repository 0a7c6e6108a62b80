/**
 * Bundles an entry file with all it imports into one CommonJS file, so that a node needs nothing but Node.js to run
 * it: no node_modules, no TypeScript.
 */
import { build } from 'esbuild';
import { StrataError } from './errors.ts';

/** Writes the bundle of `entry` (absolute path of a .ts file) to `outFile`. */
export async function bundle(entry: string, outFile: string): Promise<void> {
  try {
    await build({
      entryPoints: [entry],
      outfile: outFile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'silent',
      legalComments: 'none',
    });
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E110',
      message: `could not bundle ${entry}`,
      fix: 'run npm ci to restore the installed packages; if it persists, report it with this message',
      cause,
    });
  }
}
