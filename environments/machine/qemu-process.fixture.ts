/** Finds the QEMU of a machine as an outsider does, to be unkind to it in tests. */
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** Pids of the QEMU processes whose `-name` begins so. */
export async function qemuPids(namePrefix: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const named = await Promise.all(
    pids.map(async (pid) => {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const isQemu = words[0]?.includes('qemu-system') ?? false;
      return isQemu && (words[words.indexOf('-name') + 1] ?? '').startsWith(namePrefix) ? [Number(pid)] : [];
    }),
  );
  return named.flat();
}

/** Waits until there are so many. */
export async function untilQemus(namePrefix: string, count: number, timeoutMs = 60_000): Promise<number[]> {
  await expect.poll(() => qemuPids(namePrefix), { timeout: timeoutMs, interval: 10 }).toHaveLength(count);
  return qemuPids(namePrefix);
}
