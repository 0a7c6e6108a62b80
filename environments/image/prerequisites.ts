/** What a build of the root filesystem needs of the machine, checked without building. */
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';

/** The first thing that stands in the way of a build, as the error a build would throw; null = none. */
export async function findMissingTool(uid = process.getuid?.()): Promise<StrataError | null> {
  const version = await execa('mmdebstrap', ['--version'], { reject: false, timeout: 10_000 });
  if (version.failed) {
    return new StrataError({
      code: 'STRATA-E315',
      message: 'the root filesystem must be built first, and mmdebstrap does not run on this machine',
      fix: 'apt-get install -y --no-install-recommends mmdebstrap (as root; package mmdebstrap of Debian and Ubuntu)',
      cause: version,
    });
  }
  if (uid === 0) return null;
  return new StrataError({
    code: 'STRATA-E316',
    message: `the root filesystem must be built first, and that needs root (this process has uid ${uid ?? 'unknown'})`,
    fix: 'run once as root: sudo -E npm run doctor -- --env docker --fix; later runs need no root',
  });
}
