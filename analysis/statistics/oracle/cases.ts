/** Answers of R and scipy as they are kept, and trials made of plain numbers, for the tests beside them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trialSummary, type TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';

/** @param name of a JSON file in this directory: a list of cases, of the shape its script gives them */
export function casesOf(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8'));
}

/** One trial a block. */
export function trialsOf(values: readonly number[]): readonly TrialSummary[] {
  return values.map((value, index) => trialSummary(`t${index + 1}`, index, value));
}

/** Consecutive groups of the given sizes. */
export function groupsOf(values: readonly number[], sizes: readonly number[]): (readonly TrialSummary[])[] {
  let from = 0;
  return sizes.map((size) => trialsOf(values.slice(from, (from += size))));
}

export function answered<T>(result: T | Degenerate): T {
  if (typeof result === 'object' && result !== null && isDegenerate(result)) throw new Error(result.text);
  return result;
}

/** Relative to the expected value, or absolute where that is next to nothing. */
export function distance(actual: number, expected: number, nothing = 1e-300): number {
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), nothing);
}
