/** The answers of R and scipy, kept beside the scripts that made them, and how far a result is from them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trialSummary, type TrialSummary } from '../../trial-summary.ts';

/** Two-sided, greater, less. */
type ThreeP = readonly [number, number, number];

interface TTest {
  readonly theta: number;
  readonly t: number;
  readonly df: number;
  readonly low: number;
  readonly high: number;
  readonly p: ThreeP;
}

export interface TwoArmsCase {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly welch: TTest;
  /** p on the logarithms and on the values. */
  readonly margin: {
    readonly theta: number;
    readonly atLeast: readonly [number, number];
    readonly atMost: readonly [number, number];
  };
  readonly equivalence: {
    readonly margin: number;
    readonly aboveLow: number;
    readonly belowHigh: number;
    readonly inside: boolean;
  };
  readonly fieller: { readonly ratio: number; readonly low: number | null; readonly high: number | null };
  readonly mannWhitney: { readonly exact: boolean; readonly u: number; readonly p: ThreeP };
  readonly hodgesLehmann: {
    readonly ratio: number;
    readonly low: number | null;
    readonly high: number | null;
  };
  /** Of the first trials of each, as many as the smaller arm has; null where that is no test. */
  readonly paired: (TTest & { readonly onValues: ThreeP }) | null;
}

export interface BrunnerMunzelCase {
  readonly name: string;
  readonly t: number;
  readonly p: ThreeP;
}

export interface AdjustCase {
  readonly p: readonly number[];
  readonly holm: readonly number[];
  readonly bh: readonly number[];
}

export type PowerCase =
  | {
      /** Of independent arms, or of pairs, whose differences have the standard deviation. */
      readonly kind: 'trials' | 'pairs';
      readonly effect: number;
      readonly sd: number;
      readonly twoSided: boolean;
      readonly n: number;
    }
  | {
      readonly kind: 'ratio';
      readonly nx: number;
      readonly ny: number;
      readonly sx: number;
      readonly sy: number;
      readonly power: number;
      readonly ratio: number;
    }
  | {
      readonly kind: 'tail';
      readonly t: number;
      readonly df: number;
      readonly delta: number;
      readonly p: number;
    };

interface Fixtures {
  readonly 'two-arms': TwoArmsCase;
  readonly 'brunner-munzel': BrunnerMunzelCase;
  readonly adjust: AdjustCase;
  readonly power: PowerCase;
}

export const threeAlternatives = ['two-sided', 'greater', 'less'] as const;

export function oracle<Name extends keyof Fixtures>(name: Name): readonly Fixtures[Name][] {
  return JSON.parse(readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8')) as Fixtures[Name][];
}

/** One trial a block, in this order. */
export function armOf(values: readonly number[]): readonly TrialSummary[] {
  return values.map((value, index) => trialSummary(`trial-${index + 1}`, index, value));
}

/** Relative; NaN, which no bound admits, where one of the two is no number and the other is. */
export function errorOf(actual: number | null, expected: number | null): number {
  if (actual === expected) return 0;
  if (actual === null || expected === null) return Number.NaN;
  return Math.abs(actual - expected) / Math.abs(expected);
}
