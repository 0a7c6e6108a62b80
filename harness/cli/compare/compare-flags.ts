/** What may be asked of a comparison on the command line, read. */
import { allowances, type Allowance } from '../../../analysis/compare/comparability.ts';
import { StrataError } from '../../foundation/errors.ts';
import { closest } from '../../plan/did-you-mean.ts';
import { parsePrecision } from '../../plan/repetition-values.ts';

/** As typed; undefined where nothing was. */
export interface CompareFlags {
  readonly allow: string | undefined;
  readonly regressionThreshold: string | undefined;
}

/** Of a loss that nobody gave a threshold for. */
const usualThreshold = 0.05;

export interface CompareLimits {
  readonly allowed: readonly Allowance[];
  readonly regressionThreshold: number;
}

/** @throws StrataError E257, E202 */
export function readCompareFlags({ allow, regressionThreshold }: CompareFlags): CompareLimits {
  return {
    allowed: (allow ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '')
      .map(allowanceOf),
    regressionThreshold:
      regressionThreshold === undefined ? usualThreshold : thresholdOf(regressionThreshold),
  };
}

function allowanceOf(word: string): Allowance {
  const known = allowances.find((name) => name === word);
  if (known !== undefined) return known;
  const near = closest(word, allowances);
  throw new StrataError({
    code: 'STRATA-E257',
    message: `--allow: there is no "${word}"${near === undefined ? '' : `; did you mean ${near}?`}`,
    fix: `allowed: ${allowances.join(', ')}, or a list of them`,
  });
}

function thresholdOf(text: string): number {
  const parsed = parsePrecision(text);
  if (parsed.ok) return parsed.value;
  throw new StrataError({
    code: 'STRATA-E202',
    message: `--regression-threshold: ${parsed.reason}`,
    fix: 'allowed: a percentage from 0.1% to 50%, such as 5%',
  });
}
