/** What a guest has before its disk: PID 1, the drivers that find the disk, the scripts of the roles. */
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cpioArchive, type CpioEntry } from './cpio.ts';
import { runAsRoot } from './host-command.ts';
import type { KernelModule } from './kernel.ts';

/** The C sources of PID 1, by name. */
export async function readSources(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(import.meta.dirname)).filter((name) => /\.[ch]$/.test(name)).sort();
  const read = async (name: string) =>
    [name, await readFile(join(import.meta.dirname, name), 'utf8')] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/** PID 1, compiled with the compiler of the root filesystem. Throws E334 with the compiler's words. */
export async function compileInit(
  root: string,
  sources: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const work = 'tmp/strata-init';
  await mkdir(join(root, work), { recursive: true });
  try {
    for (const name of sources) await cp(join(import.meta.dirname, name), join(root, work, name));
    const units = sources.filter((name) => name.endsWith('.c'));
    const compile = ['gcc', '-std=gnu17', '-Os', '-s', '-static', '-Wall', '-Werror', '-o', 'init', ...units];
    await runAsRoot({
      program: 'chroot',
      args: [root, '/bin/sh', '-c', `cd /${work} && ${compile.join(' ')}`],
      signal,
      failed: {
        step: 'compile PID 1 of the guest',
        where: root,
        variable: 'TMPDIR',
        code: 'STRATA-E334',
        fix: 'see the cause: the sources are environments/guest/*.c',
      },
    });
    return await readFile(join(root, work, 'init'));
  } finally {
    await rm(join(root, work), { recursive: true, force: true });
  }
}

export interface InitramfsContent {
  readonly init: Uint8Array;
  readonly modules: readonly KernelModule[];
  readonly roles: Readonly<Record<string, string>>;
}

export function initramfs({ init, modules, roles }: InitramfsContent): Buffer {
  const order = modules.map(({ name }) => `${name}\n`).join('');
  return cpioArchive([
    ...['dev', 'proc', 'sys', 'modules', 'roles'].map((path): CpioEntry => ({
      kind: 'directory',
      path,
      mode: 0o755,
    })),
    { kind: 'file', path: 'init', mode: 0o755, data: init },
    { kind: 'file', path: 'modules/order', mode: 0o644, data: Buffer.from(order) },
    ...modules.map(({ name, data }): CpioEntry => {
      return { kind: 'file', path: `modules/${name}`, mode: 0o644, data };
    }),
    ...Object.entries(roles).map(([role, script]): CpioEntry => {
      return { kind: 'file', path: `roles/${role}`, mode: 0o755, data: Buffer.from(script) };
    }),
  ]);
}
