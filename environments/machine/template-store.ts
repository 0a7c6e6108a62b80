/**
 * Where prepared machines are kept: their memory, device state and disks, under a key that names everything these
 * depend on. A template is either complete and has the checksums it was written with, or it is made again.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { BootEvent } from '../environment.ts';

/** All that decides whether a snapshot can be resumed, and what wakes up in it. */
export interface TemplateIngredients {
  /** Key of the guest image and UUID of its disk; stands for kernel, init, root filesystem and roles. */
  readonly imageKey: string;
  readonly role: string;
  readonly qemuVersion: string;
  readonly accelerator: string;
  /** The command line without paths: devices must be the same when a snapshot is resumed. */
  readonly machineArguments: readonly string[];
}

export interface TemplateFiles {
  /** Guest memory; clones map it privately. */
  readonly ram: string;
  /** Devices and CPU, as QEMU writes them. */
  readonly state: string;
  /** One overlay a disk, over the disks of the image. */
  readonly disks: readonly string[];
}

export interface TemplateRecord {
  readonly key: string;
  readonly ingredients: TemplateIngredients;
  readonly timeline: readonly BootEvent[];
  readonly bootFailures: readonly string[];
  readonly createdAtIso: string;
  /** File name → size and BLAKE2b-512 (hex), which is four times faster than SHA-256 here. */
  readonly files: Readonly<Record<string, FileSeal>>;
}

export interface FileSeal {
  readonly sizeBytes: number;
  readonly blake2b512: string;
}

export type Stored =
  | { readonly kind: 'complete'; readonly record: TemplateRecord }
  | { readonly kind: 'absent' }
  /** Words for the user: what does not match. */
  | { readonly kind: 'broken'; readonly reason: string };

const recordName = 'template.json';

/** First 12 hex digits of the SHA-256 over the ingredients. */
export function templateKey(ingredients: TemplateIngredients): string {
  const { imageKey, role, qemuVersion, accelerator, machineArguments } = ingredients;
  const canonical = JSON.stringify([imageKey, role, qemuVersion, accelerator, machineArguments]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}

export function templateFiles(directory: string, diskCount: number): TemplateFiles {
  return {
    ram: path.join(directory, 'ram'),
    state: path.join(directory, 'state'),
    disks: Array.from({ length: diskCount }, (_, index) => path.join(directory, `disk-${index}.qcow2`)),
  };
}

export function recordPath(directory: string): string {
  return path.join(directory, recordName);
}

/** Reads every byte of the template: some 0.5 s for 512 MB, once a run. */
export async function readTemplate(directory: string, key: string): Promise<Stored> {
  const text = await readFile(recordPath(directory), 'utf8').catch(() => null);
  if (text === null) return { kind: 'absent' };
  const record = parseRecord(text);
  if (record?.key !== key) return { kind: 'broken', reason: `${recordName} is not the record of ${key}` };
  for (const [name, seal] of Object.entries(record.files)) {
    const reason = await difference(path.join(directory, name), seal);
    if (reason !== null) return { kind: 'broken', reason: `${name} ${reason}` };
  }
  return { kind: 'complete', record };
}

export async function sealFile(file: string): Promise<FileSeal> {
  const hash = createHash('blake2b512');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { sizeBytes: (await stat(file)).size, blake2b512: hash.digest('hex') };
}

async function difference(file: string, seal: FileSeal): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (found === null) return 'is missing';
  if (found.size !== seal.sizeBytes) return `has ${found.size} bytes instead of ${seal.sizeBytes}`;
  return (await sealFile(file)).blake2b512 === seal.blake2b512
    ? null
    : 'does not have the checksum it was written with';
}

function parseRecord(text: string): TemplateRecord | null {
  try {
    const record = JSON.parse(text) as Partial<TemplateRecord>;
    return typeof record.key === 'string' && record.files !== undefined ? (record as TemplateRecord) : null;
  } catch {
    return null;
  }
}
