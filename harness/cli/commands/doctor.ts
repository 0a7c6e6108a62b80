/** `doctor`: looks, offers to mend, looks again. */
import { environmentNames, type EnvironmentName } from '../../foundation/cell.ts';
import { StrataError } from '../../foundation/errors.ts';
import { closest } from '../../plan/did-you-mean.ts';
import { isSomebodyThere } from '../ask.ts';
import { applyFixes, wantedFixes } from '../doctor/apply-fixes.ts';
import { diagnoseAll, type Check, type Diagnosis } from '../doctor/check.ts';
import { dockerChecks } from '../doctor/docker-checks.ts';
import { doctorExitCode, doctorText } from '../doctor/doctor-text.ts';
import { machineChecks } from '../doctor/machine-checks.ts';
import { processChecks } from '../doctor/process-checks.ts';
import { doctorOutput } from '../json/doctor-output.ts';
import { openStatusLine, showWaits, type StatusLine } from '../progress/status-line.ts';
import type { Terminal } from '../terminal.ts';

export interface DoctorOptions {
  /** As given: `process,docker`, `all`, or nothing. */
  readonly env: string | undefined;
  readonly fix: boolean;
  readonly yes: boolean;
}

/** All environments when none is asked for, which must not take minutes. */
function checksFor(asked: readonly EnvironmentName[]): readonly Check[] {
  const checksOf: Readonly<Record<EnvironmentName, readonly Check[]>> = {
    process: processChecks,
    docker: dockerChecks,
    'docker-vm': machineChecks('docker-vm', asked.length > 0),
    vm: machineChecks('vm', true),
  };
  return (asked.length === 0 ? environmentNames : asked).flatMap((name) => checksOf[name]);
}

export async function doctorCommand(
  options: DoctorOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<0 | 3> {
  const asked = options.env === undefined ? [] : parseEnvironments(options.env);
  const checks = checksFor(asked);
  using status = openStatusLine(process.stderr, terminal.quiet);
  const look = async () => {
    using _waits = showWaits(status);
    return await diagnoseAll(checks, signal);
  };
  let found = await look();
  if (options.fix && (await mend(found, options, status, signal))) found = await look();
  status.clear();
  const exitCode = doctorExitCode(found, asked);
  terminal.print(
    terminal.json
      ? JSON.stringify(doctorOutput(found, exitCode), null, 2)
      : doctorText(found, terminal.columns, terminal.colors),
  );
  return exitCode;
}

function mend(
  found: readonly Diagnosis[],
  { yes }: DoctorOptions,
  status: StatusLine,
  signal: AbortSignal,
): Promise<boolean> {
  return applyFixes(wantedFixes(found), {
    isAgreed: yes,
    isInteractive: isSomebodyThere(),
    isRoot: process.getuid?.() === 0,
    say: (line) => {
      status.clear();
      process.stderr.write(`${line}\n`);
    },
    // What is being built was said when it was asked for; the line is short of room for how far it is.
    progress: (message) => status.show(`  ${message.replace(/^building [^:]*: /, '')}`),
    signal,
  });
}

/** @throws StrataError E257 naming what is allowed. */
export function parseEnvironments(text: string): readonly EnvironmentName[] {
  if (text === 'all') return environmentNames;
  return text.split(',').map((word) => {
    const name = environmentNames.find((known) => known === word.trim());
    if (name !== undefined) return name;
    const near = closest(word, environmentNames);
    throw new StrataError({
      code: 'STRATA-E257',
      message: `--env: there is no environment "${word.trim()}" ${near === undefined ? '' : `; did you mean ${near}?`}`,
      fix: `allowed: ${environmentNames.join(', ')}, a list of them, or all`,
    });
  });
}
