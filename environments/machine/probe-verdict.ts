/**
 * Remembers what a probe boot found, for as long as nothing it depends on changes: the boot of this host, QEMU, the
 * guest's kernel and init. Only the outcome of a boot is kept; whether /dev/kvm may be opened is cheap to ask anew.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownIdentity } from '../process-identity.ts';
import type { ProbeOutcome } from './probe-boot.ts';

export interface ProbeCircumstances {
  readonly qemuVersion: string;
  readonly kernel: string;
  readonly initrd: string;
}

export function verdictFile(cacheDir: string): string {
  return path.join(cacheDir, 'kvm-probe.json');
}

/** Names the circumstances; null where boots cannot be told apart, and nothing may be remembered. */
export async function circumstancesKey(
  { qemuVersion, kernel, initrd }: ProbeCircumstances,
  bootId: string | null = ownIdentity().bootId,
): Promise<string | null> {
  if (bootId === null) return null;
  const files = await Promise.all([kernel, initrd].map(fileKey));
  return createHash('sha256')
    .update(JSON.stringify([bootId, qemuVersion, ...files]))
    .digest('hex');
}

async function fileKey(file: string): Promise<(string | number)[]> {
  const { size, mtimeMs } = await stat(file);
  return [path.resolve(file), size, mtimeMs];
}

/** What was found under these circumstances; null when it has to be found out. */
export async function readVerdict(cacheDir: string, key: string | null): Promise<ProbeOutcome | null> {
  const text = await readFile(verdictFile(cacheDir), 'utf8').catch(() => null);
  if (text === null || key === null) return null;
  try {
    const { key: writtenKey, outcome } = JSON.parse(text) as {
      key?: unknown;
      outcome?: Partial<ProbeOutcome>;
    };
    if (writtenKey !== key) return null;
    if (outcome?.works === true) return typeof outcome.bootMs === 'number' ? (outcome as ProbeOutcome) : null;
    return outcome?.works === false && typeof outcome.reason === 'string' ? (outcome as ProbeOutcome) : null;
  } catch {
    return null;
  }
}

/** Rejects when the cache cannot be written. */
export async function writeVerdict(
  cacheDir: string,
  key: string | null,
  outcome: ProbeOutcome,
): Promise<void> {
  if (key === null) return;
  const draft = `${verdictFile(cacheDir)}.${process.pid}.partial`;
  try {
    await mkdir(cacheDir, { recursive: true });
    await writeFile(draft, `${JSON.stringify({ key, atIso: new Date().toISOString(), outcome }, null, 2)}\n`);
    await rename(draft, verdictFile(cacheDir));
  } finally {
    await rm(draft, { force: true });
  }
}
