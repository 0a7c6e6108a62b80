/**
 * What the machines of a run leave on this host, and how it is found again: a directory marked with the run id, and
 * processes with the run id in their environment.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import type { Leftover } from '../environment.ts';
import { diskBase } from '../process/directories.ts';
import { signalIfThere } from '../process/group.ts';
import { markDirectory, markedDirectories, type RunDirectory } from '../run-mark.ts';

const prefix = 'strata-vm-';
const markName = '.strata-machines';
const runVariable = 'STRATA_MACHINE_RUN';

/** The directory's share of a socket path: the rest has at most 60 letters of the 107 a socket path may have. */
const maxBaseLength = 40;

/** Environment variables of a QEMU process of the run. */
export function machineVariables(runId: string): Record<string, string> {
  return { [runVariable]: runId };
}

export function machineRunDirectory(runId: string): string {
  return path.join(base(), prefix + runId);
}

/** Makes and marks the run's directory; the disks of its nodes lie in it. */
export async function makeMachineRunDirectory(runId: string): Promise<string> {
  const directory = machineRunDirectory(runId);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await markDirectory(directory, markName, runId);
    return directory;
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E322',
      message: `cannot make ${directory} for the machines of the run: ${asError(cause).message}`,
      fix: 'make the temporary directory writable, or set TMPDIR to one that is',
      cause,
    });
  }
}

/** Makes the directory of a trial in that of its run. Throws E442: two starts of one trial at once would share disks. */
export async function claimTrialDirectory(runDirectory: string, trialId: string): Promise<string> {
  const directory = path.join(runDirectory, trialId);
  try {
    await mkdir(directory, { mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E442',
      message: `cannot make ${directory} for trial ${trialId}`,
      fix: 'dispose the nodes of the trial before it is started again',
      cause,
    });
  }
}

/** Not on a RAM disk where there is a choice: the nodes' disks would be memory. */
function base(): string {
  const usual = diskBase() ?? tmpdir();
  return usual.length <= maxBaseLength ? usual : '/var/tmp';
}

/** Ends the QEMU processes and removes the directories of runs that are not live. */
export async function reapMachines(
  isLive: (runId: string) => boolean,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const ended = await reapProcesses(isLive, signal);
  const removed: Leftover[] = [];
  for (const { runId, directory } of await machineDirectories()) {
    if (isLive(runId)) continue;
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    removed.push({ kind: 'directory', name: directory, runId });
  }
  return [...ended, ...removed];
}

/** What there is of a run, or of all, in words. */
export async function machineRemnants(runId: string): Promise<string[]> {
  const processes = machineProcesses().filter((found) => found.runId === runId);
  const directories = (await machineDirectories()).filter((found) => found.runId === runId);
  return [
    ...processes.map(({ name }) => `vm ${name}`),
    ...directories.map(({ directory }) => `directory ${directory}`),
  ];
}

async function reapProcesses(isLive: (runId: string) => boolean, signal: AbortSignal): Promise<Leftover[]> {
  const removed = new Map<number, Leftover>();
  const wait = {
    ...{ what: 'the machines of dead runs to end', timeoutMs: 10_000, intervalMs: 5, signal },
    ...{ code: 'STRATA-E444' as const, fix: 'look for QEMU in state D: ps -eo pid,stat,args' },
  };
  await waitFor(wait, () => {
    const dead = machineProcesses().filter(({ runId }) => !isLive(runId));
    for (const { pid, runId, name } of dead) {
      signalIfThere(pid, 'SIGKILL');
      removed.set(pid, { kind: 'vm', name, runId });
    }
    return Promise.resolve(dead.length === 0 ? true : undefined);
  });
  return [...removed.values()];
}

interface MachineProcess {
  readonly pid: number;
  readonly runId: string;
  readonly name: string;
}

function machineProcesses(): MachineProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const environment = readProc(`${pid}/environ`).split('\0');
    const runId = environment.find((entry) => entry.startsWith(`${runVariable}=`))?.split('=')[1];
    const words = readProc(`${pid}/cmdline`).split('\0');
    const name = words[words.indexOf('-name') + 1];
    return runId === undefined || name === undefined || isZombie(pid)
      ? []
      : [{ pid: Number(pid), runId, name }];
  });
}

function isZombie(pid: string): boolean {
  return /^State:\s+Z/m.test(readProc(`${pid}/status`));
}

async function machineDirectories(): Promise<RunDirectory[]> {
  return await markedDirectories([base(), tmpdir(), '/var/tmp'], prefix, markName);
}

/** Empty when the process has ended meanwhile or belongs to somebody else. */
function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return '';
  }
}
