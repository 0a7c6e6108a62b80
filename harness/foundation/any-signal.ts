/** Signals that whole crowds listen to: every node of a trial, every agent of a phase. */
import { setMaxListeners } from 'node:events';

/** `AbortSignal.any`, without Node's warning that more than ten listeners are a leak. */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  const any = AbortSignal.any([...signals]);
  setMaxListeners(0, any);
  return any;
}
