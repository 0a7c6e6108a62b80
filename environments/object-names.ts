/** Names of runs, trials and nodes go into file names, cgroups, links and labels, so they are kept plain. */
import { StrataError } from '../harness/foundation/errors.ts';

/** Directories below the temporary directory that begin as those of runs do. */
const reserved: ReadonlySet<string> = new Set(['ports', 'live']);

export function checkedName(kind: 'run' | 'trial' | 'node', name: string): string {
  if (/^\w[\w.-]*$/.test(name) && !(kind === 'run' && reserved.has(name))) return name;
  throw new StrataError({
    code: 'STRATA-E404',
    message: `"${name}" cannot name a ${kind}`,
    fix: 'use letters, digits, "_", "-" and ".", beginning with a letter or digit; "ports" and "live" are taken',
  });
}
