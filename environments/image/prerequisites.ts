/** What a build of the root filesystem needs of the machine, checked without building. */
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';
import { refusalOfUserNamespace } from './user-namespace.ts';

/** The first thing that stands in the way of a build, as the error a build would throw; null = none. */
export async function findMissingTool(
  uid = process.getuid?.(),
  refusal: () => Promise<string | null> = refusalOfUserNamespace,
): Promise<StrataError | null> {
  const version = await execa('mmdebstrap', ['--version'], { reject: false, timeout: 10_000 });
  if (version.failed) {
    return new StrataError({
      code: 'STRATA-E315',
      message: 'the root filesystem must be built first, and mmdebstrap does not run on this machine',
      fix: 'apt-get install -y --no-install-recommends mmdebstrap (as root; package mmdebstrap of Debian and Ubuntu)',
      cause: version,
    });
  }
  const refused = uid === 0 ? null : await refusal();
  if (refused === null) return null;
  return new StrataError({
    code: 'STRATA-E316',
    message: `the root filesystem must be built first; that needs root or a user namespace, and this user (uid ${uid ?? 'unknown'}) gets neither`,
    fix: 'run once as root: sudo -E npm run doctor -- --env docker --fix; or install uidmap and give this user subordinate ids (man subuid)',
    cause: new Error(refused),
  });
}
