/** What a check is and what it finds. A check probes by doing, within its time limit, and leaves nothing behind. */
import { withDeadline } from '../../foundation/deadline.ts';
import type { EnvironmentName } from '../../foundation/cell.ts';
import { causeChain, StrataError } from '../../foundation/errors.ts';
import type { FixId } from './fixes.ts';

export interface Finding {
  /** `warn`: runs are possible, with less. */
  readonly state: 'ok' | 'warn' | 'fail';
  /** What was found, with the figures. */
  readonly detail: string;
  /** What to do; null when nothing needs to be done. */
  readonly advice: string | null;
  /** What `--fix` may run, in this order. */
  readonly fixes: readonly FixId[];
}

export interface Check {
  readonly id: string;
  readonly env: EnvironmentName;
  readonly title: string;
  /** Completes "enables …". */
  readonly enables: string;
  readonly timeoutMs: number;
  probe(signal: AbortSignal): Promise<Finding>;
}

export type Diagnosis = Pick<Check, 'id' | 'env' | 'title' | 'enables'> & Finding;

/** Passed, with what was seen. */
export function passed(detail: string): Finding {
  return { state: 'ok', detail, advice: null, fixes: [] };
}

/** One check; a probe that throws or does not end in time is a finding, never an exception. */
export async function diagnose(check: Check, signal: AbortSignal): Promise<Diagnosis> {
  const { id, env, title, enables, timeoutMs } = check;
  const wait = {
    what: `${title} (${env})`,
    timeoutMs,
    signal,
    code: 'STRATA-E380',
    fix: 'see what keeps the machine busy and try again',
  } as const;
  try {
    return { id, env, title, enables, ...(await withDeadline(wait, (limit) => check.probe(limit))) };
  } catch (error) {
    signal.throwIfAborted();
    return { id, env, title, enables, ...failure(error) };
  }
}

/** A failed probe in words: all causes, and the fix of the error itself. */
export function failure(
  error: unknown,
  state: 'warn' | 'fail' = 'fail',
  fixes: readonly FixId[] = [],
): Finding {
  const known = error instanceof StrataError ? error : null;
  const code = known === null ? '' : `${known.code} `;
  const advice = known?.fix ?? 'see the cause';
  return { state, detail: `${code}${causeChain(error).join('; because ')}`, advice, fixes };
}

/** Checks of one environment one after the other (a later one may need what an earlier one found). */
export async function diagnoseAll(
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const check of checks) found.push(await diagnose(check, signal));
  return found;
}
