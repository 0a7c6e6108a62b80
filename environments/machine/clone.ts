/** Waking a copy of a template: a QEMU with the same devices takes over the device state and shares the memory. */
import { waitFor } from '../../harness/foundation/deadline.ts';
import type { Machine } from './machine.ts';

/** Loading the device state takes 20–30 ms; 15 at once on two cores half a second. */
const resumeTimeoutMs = 60_000;

/** The machine was started with `incoming`; afterwards its guest runs on from where the template was stopped. */
export async function resumeFrom(machine: Machine, state: string, signal: AbortSignal): Promise<void> {
  const { qmp, spec } = machine;
  const capability = { capability: 'x-ignore-shared', state: true } as const;
  await qmp.execute('migrate-set-capabilities', { capabilities: [capability] });
  await qmp.execute('migrate-incoming', { uri: `exec:cat '${state.replaceAll("'", `'\\''`)}'` });
  const wait = {
    ...{ what: `${spec.name} to wake from its template`, timeoutMs: resumeTimeoutMs, signal, intervalMs: 3 },
    ...{ code: 'STRATA-E426' as const, fix: 'see the log of QEMU in the log directory of the node' },
  };
  await waitFor(wait, async () => {
    machine.lost.throwIfAborted();
    return (await qmp.execute('query-status')).status === 'inmigrate' ? undefined : true;
  });
  await qmp.execute('cont');
}
