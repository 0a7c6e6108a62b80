/**
 * Bundles an entry file with all it imports into one CommonJS file, so that a node needs nothing but Node.js to run
 * it: no node_modules, no TypeScript.
 */
import { writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { StrataError } from './errors.ts';

/** The bundle of `entry` (absolute path of a .ts file); nothing is written. */
export async function bundled(entry: string): Promise<Uint8Array> {
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      write: false,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'silent',
      legalComments: 'none',
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error('esbuild gave no output');
    return file.contents;
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E110',
      message: `could not bundle ${entry}`,
      fix: 'run npm ci to restore the installed packages; if it persists, report it with this message',
      cause,
    });
  }
}

/** Writes the bundle of `entry` (absolute path of a .ts file) to `outFile`. */
export async function bundle(entry: string, outFile: string): Promise<void> {
  await writeFile(outFile, await bundled(entry));
}
