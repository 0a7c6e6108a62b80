/** `doctor`: looks, offers to mend, looks again. */
import { environmentNames, type EnvironmentName } from '../../foundation/cell.ts';
import { StrataError } from '../../foundation/errors.ts';
import { closest } from '../../plan/did-you-mean.ts';
import { applyFixes, wantedFixes } from '../doctor/apply-fixes.ts';
import { diagnoseAll, type Check } from '../doctor/check.ts';
import { dockerChecks } from '../doctor/docker-checks.ts';
import { doctorExitCode, doctorText } from '../doctor/doctor-text.ts';
import { processChecks } from '../doctor/process-checks.ts';
import type { Terminal } from '../terminal.ts';

export interface DoctorOptions {
  /** As given: `process,docker`, `all`, or nothing. */
  readonly env: string | undefined;
  readonly fix: boolean;
  readonly yes: boolean;
}

const checksOf: Partial<Record<EnvironmentName, readonly Check[]>> = {
  process: processChecks,
  docker: dockerChecks,
};
const checkable = environmentNames.filter((name) => checksOf[name] !== undefined);

export async function doctorCommand(
  options: DoctorOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<0 | 3> {
  const asked = options.env === undefined ? [] : parseEnvironments(options.env);
  const checks = (asked.length === 0 ? checkable : asked).flatMap((name) => checksOf[name] ?? []);
  let found = await diagnoseAll(checks, signal);
  if (options.fix) {
    const session = {
      isAgreed: options.yes,
      isInteractive: process.stdin.isTTY && process.stderr.isTTY,
      isRoot: process.getuid?.() === 0,
      say: (line: string) => process.stderr.write(`${line}\n`),
      signal,
    };
    if (await applyFixes(wantedFixes(found), session)) found = await diagnoseAll(checks, signal);
  }
  const exitCode = doctorExitCode(found, asked);
  terminal.print(
    terminal.json
      ? JSON.stringify({ exitCode, checks: found }, null, 2)
      : doctorText(found, terminal.columns, terminal.colors),
  );
  return exitCode;
}

/** @throws StrataError E257 naming what is allowed. */
export function parseEnvironments(text: string): readonly EnvironmentName[] {
  if (text === 'all') return checkable;
  return text.split(',').map((word) => {
    const name = checkable.find((known) => known === word.trim());
    if (name !== undefined) return name;
    const near = closest(word, checkable);
    throw new StrataError({
      code: 'STRATA-E257',
      message: `--env: there is no environment "${word.trim()}" to check in this version${near === undefined ? '' : `; did you mean ${near}?`}`,
      fix: `allowed: ${checkable.join(', ')}, a list of them, or all`,
    });
  });
}
