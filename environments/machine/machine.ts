/**
 * A QEMU process and the three lines to it: QMP for the machine, the serial port for the guest's init, the console
 * for what the kernel says when it dies. Starting is all or nothing; disposing kills at once, as a power cut would.
 */
import { openSync, closeSync } from 'node:fs';
import path from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import { startGroup, type ProcessGroup } from '../process/group.ts';
import { qemuArguments } from './arguments.ts';
import { openGuestPort, type GuestPort } from './guest-port.ts';
import type { MachineSpec } from './machine-spec.ts';
import { connectQmp } from './qmp/client.ts';
import type { Qmp } from './qmp/client.ts';
import { machineVariables } from './machine-run.ts';
import { deathNotice, watchSerialLog, type SerialLog } from './serial-log.ts';

export interface MachineRequest {
  readonly runId: string;
  readonly spec: MachineSpec;
  /** Absolute path of QEMU. */
  readonly program: string;
  /** Host directory for QEMU's own words. */
  readonly logDir: string;
  /** Files into which the process writes 0 to join the control groups that limit it. */
  readonly cgroupProcsFiles: readonly string[];
  readonly signal: AbortSignal;
}

export interface Machine extends AsyncDisposable {
  readonly spec: MachineSpec;
  readonly pid: number;
  readonly qmp: Qmp;
  readonly guest: GuestPort;
  readonly serial: SerialLog;
  /** QEMU's exit code, 128 + signal number when one ended it. Never rejects. */
  readonly exited: Promise<number>;
  /** Aborts with E422, before `exited` resolves, when QEMU ended and nobody here had killed it. */
  readonly lost: AbortSignal;
  readonly running: () => boolean;
  /** Resolves when the process is gone. */
  readonly kill: () => Promise<void>;
}

/** QEMU listens on its sockets some 20 ms after it was started; 15 at once on two cores take a second. */
const socketTimeoutMs = 60_000;

/** A panic prints the registers and the stack after what it is about. */
const quotedLines = 200;

const joinAndRun = 'for file in $STRATA_CGROUPS; do echo 0 > "$file" || exit 126; done; exec "$@"';

/** Starts QEMU and connects to it; the guest runs already when `spec.incoming` is false. */
export async function startMachine(request: MachineRequest): Promise<Machine> {
  const { spec, logDir, signal } = request;
  signal.throwIfAborted();
  const qemuLog = path.join(logDir, 'qemu.log');
  const group = await startQemu(request, qemuLog);
  let isKilled = false;
  const kill = async () => {
    isKilled = true;
    group.signal('SIGKILL');
    await group.exited;
  };
  const opened: Disposable[] = [];
  try {
    const serial = watchSerialLog(spec.serialLog, { signal });
    opened.push(serial);
    const timeoutMs = socketTimeoutMs;
    // Nothing more will come from the guest: who waits for it must hear that, or it would wait to its deadline.
    const gone = new AbortController();
    const lost = new AbortController();
    const exited = group.exited.then(async (code) => {
      const failure = await ownExit(spec, code, { qemuLog, serial });
      gone.abort(failure);
      if (!isKilled) lost.abort(failure);
      return code;
    });
    const guestSignal = AbortSignal.any([signal, gone.signal]);
    const [qmp, guest] = await Promise.race([
      Promise.all([
        connectQmp({ path: spec.sockets.qmp, log: qemuLog, processExited: group.exited, signal, timeoutMs }),
        openGuestPort({ path: spec.sockets.agent, machine: spec.name, signal: guestSignal, timeoutMs }),
      ]),
      exited.then((): never => {
        throw gone.signal.reason;
      }),
    ]);
    opened.push(guest, qmp);
    return {
      ...{ spec, pid: group.pid, qmp, guest, serial, kill, exited, lost: lost.signal },
      running: group.running,
      [Symbol.asyncDispose]: async () => {
        await kill();
        for (const line of opened) line[Symbol.dispose]();
      },
    };
  } catch (error) {
    await kill();
    for (const line of opened) line[Symbol.dispose]();
    throw error;
  }
}

interface ExitLogs {
  readonly qemuLog: string;
  readonly serial: SerialLog;
}

async function startQemu(request: MachineRequest, qemuLog: string): Promise<ProcessGroup> {
  const { spec, program, cgroupProcsFiles } = request;
  const log = openSync(qemuLog, 'a', 0o600);
  try {
    const joins = cgroupProcsFiles.length > 0;
    // QEMU runs in another directory than this process, and that of logs may be told from here.
    const arguments_ = qemuArguments({ ...spec, serialLog: path.resolve(spec.serialLog) });
    return await startGroup({
      program: joins ? '/bin/sh' : program,
      args: joins ? ['-c', joinAndRun, 'qemu', program, ...arguments_] : arguments_,
      cwd: path.dirname(spec.sockets.qmp),
      env: {
        ...machineVariables(request.runId),
        ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', STRATA_CGROUPS: cgroupProcsFiles.join(' ') },
      },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** A guest that panics ends QEMU too, with exit code 0: then the guest's last words say why. */
async function ownExit(spec: MachineSpec, code: number, logs: ExitLogs): Promise<StrataError> {
  const lines = (await logs.serial.tail(quotedLines).catch(() => '')).split('\n');
  const words = lines.map(deathNotice).find((line) => line !== null);
  const message = `QEMU of ${spec.name} ended unexpectedly with exit code ${code}`;
  return words === undefined
    ? new StrataError({
        ...{ code: 'STRATA-E422', message, log: logs.qemuLog },
        fix: 'read its log; when it is empty and the code is 137, somebody killed it: dmesg tells when the system did, for lack of memory',
      })
    : new StrataError({
        ...{ code: 'STRATA-E422', message, log: spec.serialLog },
        fix: 'read what the guest said before in its serial log',
        cause: new Error(`its guest said: ${words}`),
      });
}
