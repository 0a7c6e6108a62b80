/** A hypothesis in words, for whoever reads the plan or the report. */
import { namedFactors, valuesOf, type FactorValue } from '../../foundation/compared-cells.ts';
import {
  isBetterHigher,
  type CellSelector,
  type FactorName,
  type Hypothesis,
} from '../../foundation/hypothesis.ts';
import { formatExactBytes } from '../quantities.ts';

type Claimed = Pick<Hypothesis, 'claim' | 'metric' | 'treatment' | 'baseline' | 'margin'>;

export function statementOf({ claim, metric, treatment, baseline, margin }: Claimed): string {
  const [left, right] = [armWords(treatment), armWords(baseline)];
  const what = `${metric ?? ''} of ${left === '' ? 'every cell' : left}`;
  switch (claim) {
    case 'differs':
      return `${what} differs from that of ${right}`;
    case 'at-least':
      return `${what} is at least ${margin} × that of ${right}`;
    case 'at-most':
      return `${what} is at most ${margin} × that of ${right}`;
    case 'equivalent':
      return `${what} is the same as that of ${right}, within a ratio of ${margin}`;
    case 'steps':
      return stepWords({ metric, margin, what });
    case 'completes':
      return `every trial of ${left === '' ? 'every cell' : left} completes with right answers`;
  }
}

function stepWords({
  metric,
  margin,
  what,
}: Pick<Hypothesis, 'metric' | 'margin'> & { what: string }): string {
  const isHigher = metric !== null && isBetterHigher(metric);
  const bound = isHigher ? `keeps at least ${percent(margin)} %` : `grows to at most ${percent(margin)} %`;
  return `${what} ${bound} with every step to more replicas`;
}

function percent(ratio: number): string {
  return String(Math.round(ratio * 1e4) / 100);
}

/** `docker, replicas 13|15`. A value that names its factor stands alone. */
export function armWords(selector: CellSelector, joint = ', '): string {
  return namedFactors(selector)
    .map((name) => {
      const values = valuesOf(selector, name)
        .map((value) => valueWord(name, value))
        .join('|');
      return speaksForItself.has(name) ? values : `${factorWord(name)} ${values}`;
    })
    .join(joint);
}

const speaksForItself: ReadonlySet<FactorName> = new Set([
  'env',
  'workload',
  'store',
  'mode',
  'sharedMemory',
]);

export function factorWord(name: FactorName): string {
  return name === 'memoryBytes'
    ? 'memory'
    : name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

export function valueWord(name: FactorName, value: FactorValue): string {
  if (value === null) return 'unlimited';
  if (name === 'memoryBytes') return formatExactBytes(Number(value));
  if (name === 'insertsPerMinute' && value === 0) return 'max';
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
