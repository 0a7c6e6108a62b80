/** What a build of guest images needs of the machine, checked without building. */
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';
import { refusalOfUserNamespace } from '../image/user-namespace.ts';
import { missingTool } from './errors.ts';
import { hostPath } from './host-command.ts';

const tools = ['mkfs.ext4', 'setpriv', 'tar', 'unshare', 'xz'];

/** The first thing that stands in the way of a build, as the error a build throws; null = none. */
export async function findGuestObstacle(
  uid = process.getuid?.(),
  refusal: () => Promise<string | null> = refusalOfUserNamespace,
): Promise<StrataError | null> {
  for (const tool of tools) {
    const found = await execa('sh', ['-c', 'command -v "$1"', 'sh', tool], {
      env: hostPath(),
      reject: false,
    });
    if (found.failed) return missingTool(tool);
  }
  const refused = uid === 0 ? null : await refusal();
  if (refused === null) return null;
  return new StrataError({
    code: 'STRATA-E339',
    message: `the guest image must be built first; that needs root or a user namespace, and this user (uid ${uid ?? 'unknown'}) gets neither`,
    fix: 'run once as root: sudo -E npm run doctor -- --env vm --fix; or install uidmap and give this user subordinate ids (man subuid)',
    cause: new Error(refused),
  });
}
