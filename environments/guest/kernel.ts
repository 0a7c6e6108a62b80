/** The kernel of the root filesystem: which release it is, where it lies, and the drivers a guest needs before its disk. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import { runAsRoot } from './host-command.ts';

/** Built as modules in Debian's cloud kernel; PCI, the serial port and ext4 are built in. */
export const wantedModules = ['virtio_net', 'virtio_blk'];

export interface KernelModule {
  /** `virtio_net.ko` */
  readonly name: string;
  readonly data: Uint8Array;
}

/** Throws E336 unless the tree holds exactly one kernel with its modules. */
export async function findKernel(root: string): Promise<{ release: string; path: string }> {
  const names = await readdir(join(root, 'boot')).catch(() => []);
  const releases = names
    .filter((name) => name.startsWith('vmlinuz-'))
    .map((name) => name.slice('vmlinuz-'.length));
  const [release] = releases;
  if (release === undefined || releases.length > 1) {
    throw new StrataError({
      code: 'STRATA-E336',
      message: `the root filesystem must hold one kernel; it holds ${releases.length}: ${releases.join(', ')}`,
      fix: 'the list of packages in environments/image/recipe.ts decides this',
    });
  }
  return { release, path: join(root, 'boot', `vmlinuz-${release}`) };
}

/** The wanted modules with what they depend on, decompressed, in the order in which they can be loaded. */
export async function readModules(
  root: string,
  release: string,
  signal: AbortSignal,
): Promise<KernelModule[]> {
  const directory = join(root, 'usr/lib/modules', release);
  const paths = loadOrder(await readFile(join(directory, 'modules.dep'), 'utf8'), wantedModules);
  return Promise.all(
    paths.map(async (path) => {
      const failed = {
        step: `decompress the kernel module ${path}`,
        where: root,
        variable: 'TMPDIR' as const,
        code: 'STRATA-E336' as const,
        fix: 'see the cause',
      };
      const file = join(directory, path);
      const compressed = path.endsWith('.xz');
      const data = compressed
        ? await runAsRoot({ program: 'xz', args: ['-dc', file], signal, failed })
        : await readFile(file);
      return { name: basename(path, '.xz'), data };
    }),
  );
}

/**
 * `modules.dep` has a line "path: paths it depends on" for each module (depmod(8)). Returns paths, dependencies
 * first, each once. A module the kernel has built in, or does not have, has no line: E336.
 */
export function loadOrder(modulesDep: string, wanted: readonly string[]): string[] {
  const dependencies = new Map<string, readonly string[]>();
  for (const line of modulesDep.split('\n')) {
    const [path, needed] = line.split(':');
    if (path !== undefined && needed !== undefined) dependencies.set(path, needed.split(' ').filter(Boolean));
  }
  const ordered = new Set<string>();
  const add = (path: string) => {
    if (ordered.has(path)) return;
    for (const needed of dependencies.get(path) ?? []) add(needed);
    ordered.add(path);
  };
  for (const name of wanted) {
    const path = [...dependencies.keys()].find((known) => basename(known).split('.')[0] === name);
    if (path === undefined) {
      throw new StrataError({
        code: 'STRATA-E336',
        message: `the kernel of the root filesystem has no module ${name}`,
        fix: 'the list of packages in environments/image/recipe.ts decides which kernel it is',
      });
    }
    add(path);
  }
  return [...ordered];
}

/** The release a bzImage says it is (x86 boot protocol, field kernel_version); null for anything else. */
export function releaseOf(bzImage: Buffer): string | null {
  if (bzImage.length < 0x210 || bzImage.toString('latin1', 0x202, 0x206) !== 'HdrS') return null;
  const start = bzImage.readUInt16LE(0x20e) + 0x200;
  return /^\S+/.exec(bzImage.toString('latin1', start, start + 128))?.[0] ?? null;
}
