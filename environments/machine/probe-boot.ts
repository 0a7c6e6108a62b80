/**
 * Finds out by doing whether an accelerator works: a guest is booted that powers itself off as its first act. That
 * /dev/kvm opens proves nothing: there are hosts on which it does and no kernel ever starts.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import { registerLiveRun } from '../live-runs.ts';
import { startGroup, type ProcessGroup } from '../process/group.ts';
import { qemuArguments } from './arguments.ts';
import { machineVariables, makeMachineRunDirectory } from './machine-run.ts';
import type { Accelerator, MachineSpec } from './machine-spec.ts';
import { connectQmp } from './qmp/client.ts';
import type { Limits, Qmp } from './qmp/qmp.ts';
import { deathNotice } from './serial-log.ts';

export interface ProbeRequest {
  /** Absolute path of QEMU. */
  readonly program: string;
  readonly accelerator: Accelerator;
  readonly kernel: string;
  /** Its init powers the guest off when told `strata.role=probe`. */
  readonly initrd: string;
  /** A guest that works needs less than 1 s under KVM and 2–3 s under TCG. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export type ProbeOutcome =
  | { readonly works: true; readonly bootMs: number }
  /** `reason` completes "… was not used: " */
  | { readonly works: false; readonly reason: string };

const probeMemoryBytes = 256 * 1024 * 1024;
const quotedChars = 300;

/** Rejects only on an abort and when the probe itself cannot be made; nothing of it is left in any case. */
export async function bootProbe(request: ProbeRequest): Promise<ProbeOutcome> {
  request.signal.throwIfAborted();
  const runId = `probe-${randomBytes(4).toString('hex')}`;
  await using _live = await registerLiveRun(runId);
  const directory = await makeMachineRunDirectory(runId);
  try {
    return await bootIn(directory, runId, request);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bootIn(directory: string, runId: string, request: ProbeRequest): Promise<ProbeOutcome> {
  const spec = probeSpec(directory, runId, request);
  const log = path.join(directory, 'qemu.log');
  const group = await startQemu(spec, runId, log, request);
  try {
    const bootMs = await untilPoweredOff(group, spec, request);
    return { works: true, bootMs };
  } catch (error) {
    request.signal.throwIfAborted();
    if (!(error instanceof StrataError || error instanceof ProbeFailure)) throw error;
    return { works: false, reason: await reasonOf(error, log, spec.serialLog, request.limitMs) };
  } finally {
    group.signal('SIGKILL');
    await group.exited;
  }
}

function probeSpec(directory: string, runId: string, request: ProbeRequest): MachineSpec {
  const { accelerator, kernel, initrd } = request;
  const inside = (name: string) => path.join(directory, name);
  return {
    ...{ name: `strata-${runId}`, memoryBytes: probeMemoryBytes, vcpus: 1, accelerator, kernel, initrd },
    kernelParameters: 'strata.role=probe',
    ram: { path: inside('ram'), shared: false },
    ...{ disks: [], nics: [] },
    sockets: { qmp: inside('qmp'), agent: inside('agent') },
    ...{ serialLog: inside('serial.log'), incoming: false },
  };
}

/** `timeout` ends it even when this process is killed meanwhile: a guest that hangs takes a whole processor. */
async function startQemu(
  spec: MachineSpec,
  runId: string,
  logPath: string,
  { program, limitMs }: ProbeRequest,
): Promise<ProcessGroup> {
  const log = openSync(logPath, 'a', 0o600);
  try {
    const limitS = `${Math.ceil(limitMs / 1000) + 1}`;
    return await startGroup({
      program: '/usr/bin/env',
      // Stopped at first, so that its end cannot come before it is listened for.
      args: ['timeout', '--signal=KILL', limitS, program, ...qemuArguments(spec), '-S'],
      cwd: path.dirname(logPath),
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...machineVariables(runId) },
      stdio: ['ignore', log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** The guest ended in another way than by powering off. */
class ProbeFailure extends Error {}

/** Milliseconds from the guest's first instruction to its power-off. */
async function untilPoweredOff(
  group: ProcessGroup,
  { sockets }: MachineSpec,
  { limitMs, signal }: ProbeRequest,
): Promise<number> {
  const limits = { timeoutMs: limitMs, signal };
  using qmp = await connectQmp({ path: sockets.qmp, processExited: group.exited, ...limits });
  const startedMs = performance.now();
  const [reason] = await Promise.all([endOfGuest(qmp, limits), qmp.execute('cont', {}, limits)]);
  // A panic ends QEMU too, with exit code 0: under -no-reboot the reset that follows it is a shutdown.
  if (reason !== 'guest-shutdown') throw new ProbeFailure(`the guest did not power itself off (${reason})`);
  return performance.now() - startedMs;
}

/** Why QEMU shut the guest down; `stopped` when it stopped by itself, as after an internal error of KVM. */
async function endOfGuest(qmp: Qmp, limits: Limits): Promise<string> {
  const waiting = new AbortController();
  const eventLimits = { ...limits, signal: AbortSignal.any([limits.signal, waiting.signal]) };
  try {
    return await Promise.race([
      qmp.nextEvent('SHUTDOWN', eventLimits).then(({ reason }) => reason),
      qmp.nextEvent('STOP', eventLimits).then(() => 'stopped'),
    ]);
  } finally {
    waiting.abort();
  }
}

async function reasonOf(error: Error, log: string, serialLog: string, limitMs: number): Promise<string> {
  const [own, guest] = await Promise.all([wordsOfQemu(log), wordsOfGuest(serialLog)]);
  const words = [own && `QEMU said: ${own}`, guest && `the guest said: ${guest}`].filter(Boolean);
  return [whatHappened(error, limitMs), ...words].join('; ');
}

function whatHappened(error: Error, limitMs: number): string {
  if (!(error instanceof StrataError)) return error.message;
  if (error.code !== 'STRATA-E427') return 'QEMU ended before the guest did';
  return `the guest did not start: the probe timed out after ${limitMs / 1000} s`;
}

/** QEMU names the cause first and dumps registers after it. */
async function wordsOfQemu(log: string): Promise<string> {
  return inOneLine(await readFile(log, 'utf8').catch(() => '')).slice(0, quotedChars);
}

async function wordsOfGuest(serialLog: string): Promise<string> {
  const lines = (await readFile(serialLog, 'utf8').catch(() => '')).split('\n');
  const notice = lines.map(deathNotice).find((line) => line !== null);
  return inOneLine(notice ?? lines.join('\n')).slice(-quotedChars);
}

function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
