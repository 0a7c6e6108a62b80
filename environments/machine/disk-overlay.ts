/** Disks of machines: an overlay that takes the writes, over a disk that is never written. */
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';

export interface BaseDisk {
  readonly path: string;
  readonly format: 'raw' | 'qcow2';
}

const timeoutMs = 30_000;

/** Makes `file` anew, as qcow2 over `base`. */
export async function createOverlay(base: BaseDisk, file: string, signal: AbortSignal): Promise<void> {
  const made = await execa(
    'qemu-img',
    ['create', '-q', '-f', 'qcow2', '-b', base.path, '-F', base.format, file],
    { reject: false, stdin: 'ignore', timeout: timeoutMs, cancelSignal: signal },
  );
  signal.throwIfAborted();
  if (!made.failed) return;
  throw new StrataError({
    code: 'STRATA-E443',
    message: `cannot make the disk ${file} over ${base.path}`,
    fix: 'see the cause; a full disk is the usual one: df -h',
    cause: new Error(made.stderr.trim() || made.shortMessage),
  });
}
