/** The page's script with the parts of chart.js it uses, as one text. Made once in a process: it is always the same. */
import { join } from 'node:path';
import { build, stop } from 'esbuild';
import { StrataError } from '../../../harness/foundation/errors.ts';

let made: Promise<string> | undefined;

/** @throws StrataError E110 */
export function pageScript(): Promise<string> {
  return (made ??= bundlePage());
}

async function bundlePage(): Promise<string> {
  const entry = join(import.meta.dirname, 'page-main.ts');
  try {
    // A signal to the whole group, as Ctrl-C is, ends esbuild's own process, and an interrupted run has a report, too.
    return await bundleOf(entry).catch(async () => {
      await stop();
      return await bundleOf(entry);
    });
  } catch (cause) {
    made = undefined;
    throw new StrataError({
      code: 'STRATA-E110',
      message: `could not bundle ${entry}`,
      fix: 'run npm ci to restore the installed packages; if it persists, report it with this message',
      cause,
    });
  }
}

async function bundleOf(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    minify: true,
    platform: 'browser',
    target: 'es2020',
    format: 'iife',
    logLevel: 'silent',
    legalComments: 'none',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild gave no output');
  return file.text;
}
