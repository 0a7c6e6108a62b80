/** A claim about each pair of cells, written out as one hypothesis for every pair: the verdict knows no other kind. */
import type { Cell } from '../../foundation/cell.ts';
import {
  chainsOf,
  comparedCells,
  contrastedFactors,
  factorOf,
  namedFactors,
  selectedCells,
  valuesOf,
  type CellPair,
} from '../../foundation/compared-cells.ts';
import {
  factorNames,
  type CellSelector,
  type FactorName,
  type Hypothesis,
} from '../../foundation/hypothesis.ts';
import type { DeclaredHypothesis } from './declared.ts';
import { armWords, valueWord } from './statement.ts';

/** `each`: one hypothesis for every pair, chain or cell, named by what tells it from the others. */
export function writtenOut(declared: DeclaredHypothesis, cells: readonly Cell[]): Hypothesis[] {
  const { scope, ...hypothesis } = declared;
  const parts = scope === 'all' ? [] : partsOf(hypothesis, cells);
  if (parts.length < 2) return [hypothesis];
  const contrasted = contrastedFactors(hypothesis);
  const isSteps = hypothesis.claim === 'steps';
  const mayTell = factorNames.filter(
    (name) => !contrasted.has(name) || (!isSteps && isManyValued(parts, name)),
  );
  const telling = tellingFactors(parts, mayTell);
  return parts.map((pair) => {
    const own = narrowed({}, pair.treatment, telling);
    return {
      ...hypothesis,
      id: `${hypothesis.id}@${idWords(own)}`,
      statement: `${hypothesis.statement}, at ${armWords(own)}`,
      treatment: narrowed(hypothesis.treatment, pair.treatment, telling),
      baseline:
        namedFactors(hypothesis.baseline).length === 0
          ? {}
          : narrowed(hypothesis.baseline, pair.baseline, telling),
    };
  });
}

/** Of `steps` a chain is told by its first cell; of `completes` a cell is its own pair. */
function partsOf(hypothesis: Hypothesis, cells: readonly Cell[]): CellPair[] {
  const alone = (cell: Cell): CellPair => ({ treatment: cell, baseline: cell });
  if (hypothesis.claim === 'completes') return selectedCells(hypothesis.treatment, cells).map(alone);
  if (hypothesis.claim !== 'steps') return comparedCells(hypothesis, cells);
  return chainsOf(hypothesis, cells)
    .filter((chain) => chain.length > 1)
    .flatMap(([first]) => (first === undefined ? [] : [alone(first)]));
}

/** The first factors that together tell all parts apart: one that another already implies says nothing. */
function tellingFactors(parts: readonly CellPair[], names: readonly FactorName[]): FactorName[] {
  const told = (by: readonly FactorName[]) =>
    new Set(parts.map((pair) => JSON.stringify(by.map((name) => valuesIn(pair, name))))).size;
  return names.reduce<FactorName[]>(
    (kept, name) => (told([...kept, name]) > told(kept) ? [...kept, name] : kept),
    [],
  );
}

function valuesIn({ treatment, baseline }: CellPair, name: FactorName) {
  return [factorOf(treatment, name) ?? 'none', factorOf(baseline, name) ?? 'none'];
}

/** `replicas=3,clients=16`. */
function idWords(selector: CellSelector): string {
  return namedFactors(selector)
    .map(
      (name) =>
        `${name}=${valuesOf(selector, name)
          .map((value) => valueWord(name, value))
          .join('|')}`,
    )
    .join(',');
}

/** Whether one arm alone has several values of a factor. */
function isManyValued(pairs: readonly CellPair[], name: FactorName): boolean {
  const count = (arm: keyof CellPair) => new Set(pairs.map((pair) => factorOf(pair[arm], name))).size;
  return count('treatment') > 1 || count('baseline') > 1;
}

function narrowed(selector: CellSelector, cell: Cell, names: readonly FactorName[]): CellSelector {
  const own = names.flatMap((name) => {
    const value = factorOf(cell, name);
    return value === undefined ? [] : [[name, [value]] as const];
  });
  return { ...selector, ...Object.fromEntries(own) };
}
