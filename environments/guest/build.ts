/** Makes the files of a guest image that are not there yet, the cheap ones first. */
import { copyFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { RootFilesystem } from '../image/cache.ts';
import { isAbandonedPartial } from './builder.ts';
import { filesystemUuid, makeDisk } from './disk-image.ts';
import { compileInit, initramfs } from './initramfs.ts';
import { findKernel, readModules, releaseOf } from './kernel.ts';
import { imageTag, rootDiskBytes, type GuestPaths, type Sidecar } from './layout.ts';
import { roleScripts } from './roles.ts';
import { buildSteps, type Steps } from './steps.ts';
import { unpackTree } from './tree.ts';
import { writeWhole } from './whole-file.ts';

export interface GuestBuild {
  readonly key: string;
  readonly paths: GuestPaths;
  readonly rootfs: RootFilesystem;
  /** C sources of PID 1 by name. */
  readonly sources: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

export async function buildGuestImage(build: GuestBuild): Promise<Sidecar> {
  const { key, paths, rootfs, signal } = build;
  const steps = buildSteps('building the guest image (once, about half a minute)', build.progress, signal);
  await removeAbandonedPartials(paths.dir);
  const missing = await missingFiles([paths.kernel, paths.initrd, paths.disk]);
  if (missing.size > 0) {
    await using tree = await unpackTree(rootfs, steps);
    if (missing.has(paths.kernel)) await makeKernel(paths.kernel, tree.root);
    if (missing.has(paths.initrd)) await makeInitrd(build, tree.root, steps);
    const virtualBytes = rootDiskBytes;
    if (missing.has(paths.disk))
      await makeDisk({ directory: tree.root, path: paths.disk, virtualBytes, label: 'strata-root' }, steps);
  }
  const sidecar = await describeFiles(key, paths);
  await writeWhole(paths.sidecar, Buffer.from(`${JSON.stringify(sidecar, null, 2)}\n`));
  return sidecar;
}

async function missingFiles(wanted: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(wanted.map((path) => stat(path).catch(() => null)));
  return new Set(wanted.filter((_path, index) => found[index] === null));
}

async function makeKernel(path: string, root: string): Promise<void> {
  const kernel = await findKernel(root);
  await writeWhole(path, (partial) => copyFile(kernel.path, partial));
}

async function makeInitrd({ rootfs, sources, paths }: GuestBuild, root: string, steps: Steps): Promise<void> {
  const unmeasured = () => '';
  await steps.run('compiling PID 1 and collecting drivers', unmeasured, async (signal) => {
    const { release } = await findKernel(root);
    const init = await compileInit(root, Object.keys(sources), signal);
    const modules = await readModules(root, release, signal);
    await writeWhole(paths.initrd, initramfs({ init, modules, roles: roleScripts(imageTag(rootfs)) }));
  });
}

/** Read from the files themselves, so that it does not matter which build made which. */
async function describeFiles(key: string, paths: GuestPaths): Promise<Sidecar> {
  const kernelRelease = releaseOf(await readFile(paths.kernel));
  const diskUuid = await filesystemUuid(paths.disk);
  if (kernelRelease === null || diskUuid === null) {
    throw new StrataError({
      code: 'STRATA-E336',
      message: `${kernelRelease === null ? paths.kernel : paths.disk} is damaged`,
      fix: `remove it and run again: rm -r '${paths.dir}'`,
    });
  }
  const sizes = [paths.kernel, paths.initrd, paths.disk].map(async (path) => {
    return [basename(path), (await stat(path)).size] as const;
  });
  return { key, kernelRelease, diskUuid, files: Object.fromEntries(await Promise.all(sizes)) };
}

async function removeAbandonedPartials(dir: string): Promise<void> {
  const abandoned = (await readdir(dir)).filter(isAbandonedPartial);
  await Promise.all(abandoned.map((name) => rm(join(dir, name), { force: true })));
}
