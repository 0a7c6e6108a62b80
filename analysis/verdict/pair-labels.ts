/** Pairs in words: what is compared, and at which of the factors that are not. `ram / disk at 1 replica, 64 clients`. */
import { contrastedFactors, factorOf, type CellPair } from '../../harness/foundation/compared-cells.ts';
import { factorNames, type FactorName, type Hypothesis } from '../../harness/foundation/hypothesis.ts';
import { bytes, counted } from '../report/numbers.ts';

export function pairLabels(pairs: readonly CellPair[], hypothesis: Hypothesis): readonly string[] {
  const contrasted = [...contrastedFactors(hypothesis)];
  const told = factorNames.filter(
    (name) =>
      !contrasted.includes(name) &&
      new Set(
        pairs.flatMap(({ treatment, baseline }) => [factorOf(treatment, name), factorOf(baseline, name)]),
      ).size > 1,
  );
  return pairs.map(({ treatment, baseline }) => {
    const differing = contrasted.filter((name) => factorOf(treatment, name) !== factorOf(baseline, name));
    const sides = [treatment, baseline].map((cell) =>
      differing.map((name) => word(name, factorOf(cell, name))).join(', '),
    );
    const places = told.flatMap((name) => {
      const value = factorOf(treatment, name) ?? factorOf(baseline, name);
      return value === undefined ? [] : [word(name, value)];
    });
    const what =
      hypothesis.claim === 'steps'
        ? `${baseline.replicas} → ${counted(treatment.replicas, 'replica')}`
        : sides.join(' / ');
    return places.length === 0 ? what : `${what} at ${places.join(', ')}`;
  });
}

const nouns: Readonly<Partial<Record<FactorName, string>>> = { replicas: 'replica', clients: 'client' };
const speaksForItself: ReadonlySet<FactorName> = new Set([
  'env',
  'workload',
  'store',
  'mode',
  'sharedMemory',
  'engine',
  'delivery',
]);

function word(name: FactorName, value: ReturnType<typeof factorOf>): string {
  const noun = nouns[name];
  if (noun !== undefined && typeof value === 'number') return counted(value, noun);
  if (name === 'memoryBytes' && typeof value === 'number') return `${bytes(value)}/node`;
  if (name === 'insertsPerMinute') return `${value === 0 ? 'max' : String(value)} inserts/min`;
  const text = value === undefined ? 'none' : value === null ? 'unlimited' : String(value);
  return speaksForItself.has(name)
    ? text
    : `${name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${text}`;
}
