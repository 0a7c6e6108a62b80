/** What a killed run leaves half-made in its directory: worth nothing, and removed before it goes on. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { partialSuffix } from './durable.ts';

const spillMark = '.spill-';

/** Removes unfinished files and spilled data below `path`; returns their paths relative to it, sorted. */
export async function removePartials(path: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const folder of ['', 'samples']) {
    const entries = await readdir(join(path, folder)).catch(() => []);
    for (const entry of entries.filter(isUnfinished)) {
      await rm(join(path, folder, entry), { recursive: true, force: true });
      removed.push(join(folder, entry));
    }
  }
  return removed.toSorted();
}

function isUnfinished(name: string): boolean {
  return name.endsWith(partialSuffix) || name.includes(spillMark);
}
