/** The environment variables of commands on a node: few and stated, so that the harness's own do not leak in. */
import path from 'node:path';
import type { NodeDirectories } from './directories.ts';

const inherited = ['LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'USER', 'LOGNAME'];
const systemPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * `PATH` begins with the directory of the running Node, so that agents run on the version the harness was tested
 * with. `NODE_OPTIONS` in particular is not handed on: loaders and inspectors of the harness are not the agents'.
 */
export function nodeEnvironment(
  node: string,
  directories: NodeDirectories,
  from: NodeJS.ProcessEnv = process.env,
): { readonly PATH: string } & Readonly<Record<string, string>> {
  const search = [path.dirname(process.execPath), ...(from['PATH'] ?? '').split(':'), ...systemPath];
  const kept = inherited.flatMap((name) => {
    const value = from[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    PATH: [...new Set(search.filter((directory) => path.isAbsolute(directory)))].join(':'),
    HOME: directories.workDir,
    TMPDIR: directories.tmpDir,
    HOSTNAME: node,
  };
}
