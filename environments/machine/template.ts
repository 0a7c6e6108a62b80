/**
 * A machine prepared once and cloned many times: booted until the services of its role answer, then stopped and kept
 * with its memory in a file that clones map copy-on-write. Resuming one costs tens of milliseconds where booting
 * costs seconds to minutes. Made under a lock, so that two runs share the work and the result.
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { isAbandonedPartial, partialOf } from '../guest/builder.ts';
import { acquireBuildLock } from '../image/build-lock.ts';
import type { BuildScope } from '../image/rootfs.ts';
import { bootMachine, type Boot } from './boot.ts';
import { createOverlay, type BaseDisk } from './disk-overlay.ts';
import { startMachine, type Machine } from './machine.ts';
import type { MachineSpec } from './machine-spec.ts';
import {
  readTemplate,
  recordPath,
  sealFile,
  templateFiles,
  templateKey,
  type TemplateFiles,
  type TemplateIngredients,
  type TemplateRecord,
} from './template-store.ts';

export interface Template {
  readonly key: string;
  readonly files: TemplateFiles;
  readonly record: TemplateRecord;
  /** True when this call made it; false when it was there. */
  readonly isNew: boolean;
}

export interface TemplateRequest {
  readonly runId: string;
  readonly ingredients: TemplateIngredients;
  /** The user's cache directory; made when missing. */
  readonly cacheDir: string;
  /** Absolute path of QEMU. */
  readonly program: string;
  /** Disks of the image that the template's overlays lie over. */
  readonly baseDisks: readonly BaseDisk[];
  /** The machine with its memory and disks in the files given, and its sockets in `socketDir`. */
  readonly specIn: (files: TemplateFiles) => MachineSpec;
  /** Made and removed here; short, because paths of sockets have at most 107 bytes. */
  readonly socketDir: string;
  readonly bootTimeoutMs: number;
}

/** The template, made if need be (E423 when it does not boot). A broken one is made again, and that is said. */
export async function ensureTemplate(request: TemplateRequest, scope: BuildScope): Promise<Template> {
  const key = templateKey(request.ingredients);
  const directory = path.join(request.cacheDir, `template-${key}`);
  // What is damaged is said by the one that makes it again.
  const known = await lookUp(request, directory, key, () => undefined);
  if (known !== null) return known;
  await mkdir(request.cacheDir, { recursive: true });
  const lock = await acquireBuildLock({
    path: `${directory}.lock`,
    work: `preparing a ${request.ingredients.role} machine`,
    timeoutMs: 2 * request.bootTimeoutMs + 60_000,
    ...scope,
  });
  try {
    const made = await lookUp(request, directory, key, scope.progress);
    return made ?? (await make(request, directory, key, scope));
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function lookUp(
  { baseDisks }: TemplateRequest,
  directory: string,
  key: string,
  say: BuildScope['progress'],
): Promise<Template | null> {
  const stored = await readTemplate(directory, key);
  if (stored.kind === 'broken')
    say(`the prepared machine ${key} is damaged (${stored.reason}): making it again`);
  if (stored.kind !== 'complete') return null;
  return { key, files: templateFiles(directory, baseDisks.length), record: stored.record, isNew: false };
}

async function make(
  request: TemplateRequest,
  directory: string,
  key: string,
  scope: BuildScope,
): Promise<Template> {
  const partial = partialOf(directory);
  const { ingredients } = request;
  try {
    await removeAbandoned(directory);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await mkdir(request.socketDir, { recursive: true, mode: 0o700 });
    scope.progress(`preparing a ${ingredients.role} machine: booting it once, seconds to a minute`);
    const files = templateFiles(partial, request.baseDisks.length);
    const boot = await bootTemplate(request, partial, files, scope);
    await snapshot(boot.machine, files, scope.signal);
    const record: TemplateRecord = {
      ...{ key, ingredients, timeline: boot.timeline, bootFailures: boot.failures },
      createdAtIso: new Date().toISOString(),
      files: await sealAll(files),
    };
    await writeFile(recordPath(partial), `${JSON.stringify(record, null, 2)}\n`);
    await rm(directory, { recursive: true, force: true });
    await rename(partial, directory);
    return { key, files: templateFiles(directory, request.baseDisks.length), record, isNew: true };
  } finally {
    await rm(partial, { recursive: true, force: true });
    await rm(request.socketDir, { recursive: true, force: true });
  }
}

/** What killed makers of this template left; each may be as large as the memory of the machine. */
async function removeAbandoned(directory: string): Promise<void> {
  const parent = path.dirname(directory);
  const names = (await readdir(parent)).filter((name) => name.startsWith(`${path.basename(directory)}.`));
  for (const name of names.filter(isAbandonedPartial)) {
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

async function bootTemplate(
  request: TemplateRequest,
  partial: string,
  files: TemplateFiles,
  { signal, progress }: BuildScope,
): Promise<Boot> {
  const spec = request.specIn(files);
  return bootMachine({
    machine: spec.name,
    timeoutMs: request.bootTimeoutMs,
    signal,
    onRetry: progress,
    start: async () => {
      await Promise.all(
        request.baseDisks.map((base, index) => createOverlay(base, files.disks[index] ?? '', signal)),
      );
      const { runId, program } = request;
      return startMachine({ runId, spec, program, logDir: partial, cgroupProcsFiles: [], signal });
    },
  });
}

/** Device state goes to a file, memory stays where it is: in the file that backs it. */
async function snapshot(machine: Machine, files: TemplateFiles, signal: AbortSignal): Promise<void> {
  const { qmp } = machine;
  await using _gone = machine;
  const capability = { capability: 'x-ignore-shared', state: true } as const;
  await qmp.execute('migrate-set-capabilities', { capabilities: [capability] });
  await qmp.execute('stop');
  await qmp.execute('migrate', { uri: `exec:cat > '${files.state.replaceAll("'", `'\\''`)}'` });
  const wait = {
    ...{ what: `the snapshot of ${machine.spec.name}`, timeoutMs: 60_000, signal, intervalMs: 5 },
    ...{ code: 'STRATA-E424' as const, fix: 'see whether the disk of the cache directory is full: df -h' },
  };
  await waitFor(wait, async () => {
    const { status } = await qmp.execute('query-migrate');
    if (status === 'failed') throw new Error('QEMU could not write the device state');
    return status === 'completed' ? true : undefined;
  });
  await qmp.execute('quit');
  await machine.exited;
}

async function sealAll(files: TemplateFiles): Promise<TemplateRecord['files']> {
  const seals: Record<string, Awaited<ReturnType<typeof sealFile>>> = {};
  for (const file of [files.ram, files.state, ...files.disks]) {
    seals[path.basename(file)] = await sealFile(file);
  }
  return seals;
}
