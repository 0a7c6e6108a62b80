/** Files of an image that appear with all of their content or not at all. */
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { discardPartial, partialOf } from './builder.ts';
import { stepError } from './errors.ts';

/** `content`: the bytes, or what writes them to a path. Throws E330, E332. */
export async function writeWhole(
  path: string,
  content: Uint8Array | ((path: string) => Promise<void>),
): Promise<void> {
  const partial = partialOf(path);
  try {
    await (typeof content === 'function' ? content(partial) : writeFile(partial, content));
    await rename(partial, path);
  } catch (cause) {
    await discardPartial(partial);
    const failed = {
      step: `write ${basename(path)} of the guest image`,
      where: dirname(path),
      variable: 'XDG_CACHE_HOME' as const,
      code: 'STRATA-E332' as const,
      fix: 'see the cause',
    };
    throw stepError(failed, '', cause);
  }
}
