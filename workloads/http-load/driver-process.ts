/**
 * The load generator in a process of its own, seen from the harness: rendering and storing never disturb it, and
 * its event loop and garbage collection can be accounted for. Non-goal: knowing what is driven.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { deferred } from '../../harness/foundation/deferred.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { ToldError } from '../../harness/foundation/told-error.ts';
import type { DriveOutcome } from '../workload.ts';
import type { DriveOrder, DriverReport } from './driver-messages.ts';
import type { HttpLoadPlan } from './plan.ts';

export interface DriverRun {
  /** Path of the bundled entry file, which calls `serveDriver`. */
  readonly script: string;
  readonly plan: HttpLoadPlan;
  /** Called once, when the first measured request is about to be sent (later by one message: < 1 ms). */
  readonly onMeasureStart: () => void;
  readonly signal: AbortSignal;
}

/** Time for the process to load its script. */
const startTimeoutMs = 60_000;
const stderrTailBytes = 4000;

/** Almost all garbage of a driver dies young: larger young spaces make its pauses an eighth as frequent (measured). */
export const roomForGarbage = ['--min-semi-space-size=32', '--max-semi-space-size=32'];

/**
 * Runs one drive and resolves when its process has ended and the spool at `plan.spoolPath` is complete. An abort
 * kills the process and rejects with the signal's reason.
 *
 * @throws StrataError E531 the process did not get ready; E532 it ended without an outcome; E533 the drive failed
 *   inside it (or the code of the StrataError it failed with)
 */
export async function runDriver(run: DriverRun): Promise<DriveOutcome> {
  run.signal.throwIfAborted();
  await using driver = startProcess(run.script);
  const kill = () => driver.child.kill('SIGKILL');
  run.signal.addEventListener('abort', kill, { once: true });
  try {
    return await converse(driver, run);
  } catch (error) {
    run.signal.throwIfAborted();
    throw error;
  } finally {
    run.signal.removeEventListener('abort', kill);
  }
}

interface DriverProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** In words, once the process has ended. */
  readonly ended: Promise<string>;
  readonly stderrTail: () => string;
}

function startProcess(script: string): DriverProcess {
  const child = fork(script, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps', ...roomForGarbage],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrTailBytes);
  });
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once('close', (code, signal) =>
      resolve(signal === null ? `ended with exit code ${String(code)}` : `was killed by ${signal}`),
    );
  });
  return {
    child,
    ended,
    stderrTail: () => stderr.trim(),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function converse({ child, ended, stderrTail }: DriverProcess, run: DriverRun): Promise<DriveOutcome> {
  const concluded = deferred<DriveOutcome>();
  const tooLate = setTimeout(() => concluded.reject(notReady(run.script, stderrTail())), startTimeoutMs);
  child.on('message', (message) => {
    const report = message as DriverReport;
    switch (report.kind) {
      case 'ready':
        clearTimeout(tooLate);
        child.send({ kind: 'drive', plan: run.plan } satisfies DriveOrder);
        return;
      case 'measure-start':
        run.onMeasureStart();
        return;
      case 'outcome':
        concluded.resolve(report.outcome);
        return;
      case 'failed':
        concluded.reject(failed(report.failure));
    }
  });
  const crashed = ended.then((how) => {
    throw endedEarly(run.script, how, stderrTail());
  });
  try {
    const outcome = await Promise.race([concluded.promise, crashed]);
    await ended;
    return outcome;
  } finally {
    clearTimeout(tooLate);
  }
}

function failed({ code, message, fix, because }: ToldError): StrataError {
  return new StrataError({
    code: code ?? 'STRATA-E533',
    message: code === null ? `the load generator failed: ${message}` : message,
    fix: fix ?? 'this is a fault of the load generator: report it with the trace below',
    ...(because.length === 0 ? {} : { cause: new Error(because.join('\n')) }),
  });
}

function notReady(script: string, stderr: string): StrataError {
  return new StrataError({
    code: 'STRATA-E531',
    message: `waited ${startTimeoutMs / 1000} s for the load generator's process to load ${script}`,
    fix: 'the machine is overloaded, or the script does not call serveDriver',
    ...(stderr === '' ? {} : { cause: new Error(stderr) }),
  });
}

function endedEarly(script: string, how: string, stderr: string): StrataError {
  return new StrataError({
    code: 'STRATA-E532',
    message: `the load generator's process ${how} before it reported an outcome (${script})`,
    fix: 'read its last words below; if it was killed, look for a memory limit or another user of this machine',
    ...(stderr === '' ? {} : { cause: new Error(stderr) }),
  });
}
