/** Tap devices: the host's end of a guest's network card. */
import { StrataError } from '../../harness/foundation/errors.ts';
import { endThenThrow } from '../teardown.ts';
import { ipBatch } from './ip.ts';
import { aliasOf, tapName } from './link-names.ts';
import { removeLinksNamed } from './links.ts';

/** Disposing removes them, also while a machine has them open. */
export interface Taps extends AsyncDisposable {
  /** One a guest, in order; for `-netdev tap,ifname=…,script=no,downscript=no`. */
  readonly names: readonly string[];
}

/** As many as names of 15 letters can tell apart. */
const maxTaps = 100;

/** Hands out taps of a bridge. A number is used again when its tap is gone. */
export function tapMaker(runId: string, bridge: string) {
  const used = new Set<number>();
  return async (count: number, signal: AbortSignal): Promise<Taps> => {
    const indexes = freeIndexes(used, count);
    const names = indexes.map((index) => tapName(runId, index));
    const remove = async () => {
      await removeLinksNamed(names, AbortSignal.timeout(30_000));
      indexes.forEach((index) => used.delete(index));
    };
    indexes.forEach((index) => used.add(index));
    try {
      await ipBatch(
        names.flatMap((name) => creation(name, bridge, runId)),
        { signal },
      );
    } catch (error) {
      return await endThenThrow(error, remove);
    }
    return { names, [Symbol.asyncDispose]: remove };
  };
}

function creation(name: string, bridge: string, runId: string): string[] {
  return [
    `tuntap add dev ${name} mode tap`,
    `link set dev ${name} master ${bridge} alias ${aliasOf(runId)} addrgenmode none up`,
  ];
}

function freeIndexes(used: ReadonlySet<number>, count: number): number[] {
  const free = Array.from({ length: maxTaps }, (_, index) => index).filter((index) => !used.has(index));
  if (free.length >= count) return free.slice(0, count);
  throw new StrataError({
    code: 'STRATA-E348',
    message: `a run has at most ${maxTaps} guests at a time; ${used.size} are there and ${count} more were asked for`,
    fix: 'take fewer nodes',
  });
}
