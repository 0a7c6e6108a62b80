/** Which node each fault of a trial strikes. Pure. */
import type { Node } from '../../environments/environment.ts';
import type { Fault } from '../foundation/cell.ts';
import { faultEndMs } from '../plan/faults.ts';

/** Name of the node that is no replica of anything. */
const storeName = 'store';

/**
 * By fault; undefined where there is none to strike. Replicas take turns, from one that the seed chooses, so that
 * repeated faults strike different ones and a trial can be repeated; who is still out is passed over.
 *
 * @param faults in order of time
 */
export function chooseVictims<T extends Pick<Node, 'name'>>(
  faults: readonly Fault[],
  nodes: readonly T[],
  seed: number,
): readonly (T | undefined)[] {
  const store = nodes.find(({ name }) => name === storeName);
  const replicas = nodes.filter(({ name }) => name !== storeName);
  const outUntilMs = new Map<string, number>();
  let turn = seed;
  return faults.map((fault) => {
    if (fault.kind === 'kill-store') return store;
    for (let tried = 0; tried < replicas.length; tried += 1) {
      const victim = replicas[turn++ % replicas.length];
      if (victim === undefined || (outUntilMs.get(victim.name) ?? 0) > fault.atMs) continue;
      outUntilMs.set(victim.name, faultEndMs(fault));
      return victim;
    }
    return undefined;
  });
}
