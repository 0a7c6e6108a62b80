/**
 * Booting a machine from nothing, with a timeline. Boots can hang or panic under software emulation: that is seen on
 * the console or at the deadline, tried once more from a fresh disk, and said.
 */
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { asError, causeChain, StrataError } from '../../harness/foundation/errors.ts';
import type { BootEvent } from '../environment.ts';
import type { Machine } from './machine.ts';
import { deathNotice } from './serial-log.ts';

export interface Boot {
  readonly machine: Machine;
  /** From the start of QEMU, in order. */
  readonly timeline: readonly BootEvent[];
  /** Why earlier attempts failed, in words; empty when the first one booted. */
  readonly failures: readonly string[];
}

export interface BootRequest {
  /** Name of the machine, for errors. */
  readonly machine: string;
  /** Makes fresh disks and starts QEMU on them. */
  readonly start: () => Promise<Machine>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told when a boot failed and is tried again. */
  readonly onRetry: (words: string) => void;
}

const attempts = 2;
const quotedLines = 8;
/** After what a panic is about come the registers and the stack. */
const searchedLines = 200;

/** Throws E423 with the last lines of the console when the second attempt fails too. */
export async function bootMachine(request: BootRequest): Promise<Boot> {
  const failures: string[] = [];
  for (;;) {
    request.signal.throwIfAborted();
    const startedNs = Number(process.hrtime.bigint());
    const machine = await request.start();
    try {
      await untilReady(machine, request);
      return { machine, timeline: timelineOf(machine, startedNs), failures };
    } catch (error) {
      const failure = await bootError(machine, request, failures, error);
      await machine[Symbol.asyncDispose]();
      request.signal.throwIfAborted();
      const words = causeChain(error).join(': ');
      failures.push(words);
      if (failures.length === attempts) throw failure;
      request.onRetry(`${request.machine} did not boot (${words}); trying once more`);
    }
  }
}

/** Milliseconds from the start of QEMU (or of the clone) until the host heard of each event. */
export function timelineOf({ guest }: Machine, startedNs: number): BootEvent[] {
  return guest.events.map(({ name, heardNs }) => ({ name, atMs: (heardNs - startedNs) / 1e6 }));
}

async function untilReady(machine: Machine, { timeoutMs, signal }: BootRequest): Promise<void> {
  const wait = {
    ...{ what: `${machine.spec.name} to boot`, timeoutMs, signal, code: 'STRATA-E423' as const },
    ...{ fix: 'read its serial log', log: machine.spec.serialLog },
  };
  const died = Promise.race([
    machine.serial.panicked.then((line) => new Error(`its kernel said: ${line}`)),
    machine.exited.then(() => asError(machine.lost.reason)),
  ]);
  await withDeadline(wait, async () => {
    const death = await Promise.race([machine.guest.heard('ready').then(() => null), died]);
    if (death !== null) throw death;
  });
}

async function bootError(
  machine: Machine,
  { machine: name }: BootRequest,
  earlier: readonly string[],
  cause: unknown,
): Promise<StrataError> {
  const lines = lastWords(await machine.serial.tail(searchedLines).catch(() => ''));
  return new StrataError({
    code: 'STRATA-E423',
    message: `${name} did not boot in ${earlier.length + 1} attempts; the end of its console: ${lines === '' ? 'nothing was said' : lines}`,
    fix: 'read the serial log; under software emulation take a QEMU of version 8 or newer if it happens again',
    cause,
    log: machine.spec.serialLog,
  });
}

/** What led to the guest's death, where it says that it died; else the end of what it says. */
function lastWords(console: string): string {
  const lines = console.trim().split('\n');
  const fatal = lines.findIndex((line) => deathNotice(line) !== null);
  const end = fatal < 0 ? lines.length : fatal + 1;
  return lines.slice(Math.max(0, end - quotedLines), end).join('\n');
}
