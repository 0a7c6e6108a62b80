/** What the manifest says about the process environment. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { EnvironmentFacts } from '../environment.ts';
import { cgroupVersion } from './cgroup-mounts.ts';
import { isInMemory, diskBase } from './directories.ts';

export function processFacts(): EnvironmentFacts {
  const version = cgroupVersion();
  return {
    isolation: 'none: host processes on loopback',
    node: process.version,
    privateDirectories: tmpdir(),
    diskDirectories: diskBase() ?? 'none',
    ramDirectories: isInMemory('/dev/shm') ? '/dev/shm' : 'none',
    cgroups: version === null ? 'none: no limits' : `version ${version}`,
    // Without /proc, strays outside their process group are not found and statistics are zero.
    processTable: existsSync('/proc/self/stat') ? '/proc' : 'none: process groups only, no statistics',
  };
}
