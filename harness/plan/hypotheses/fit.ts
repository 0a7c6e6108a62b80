/**
 * Hypotheses held against the cells of a plan. One that somebody wrote and the cells cannot answer is refused; one of
 * a paper whose sweep was cut down is left out, and that is said.
 */
import {
  chainsOf,
  comparedCells,
  contrastedFactors,
  factorOf,
  namedFactors,
  selectedCells,
} from '../../foundation/compared-cells.ts';
import type { Cell } from '../../foundation/cell.ts';
import type { CellSelector, Hypothesis } from '../../foundation/hypothesis.ts';
import { isAskedFor } from '../layer.ts';
import { placeOf, type Experiment } from '../experiment.ts';
import type { PlanNote } from '../fault-check.ts';
import { planCodes, type Problem } from '../problems.ts';
import type { DeclaredHypothesis } from './declared.ts';
import { writtenOut } from './each.ts';
import { armWords, factorWord, valueWord } from './statement.ts';

/** What the cells can answer, with `each` written out. */
export function fittedHypotheses({ hypotheses }: Experiment, cells: readonly Cell[]): Hypothesis[] {
  return hypotheses
    .filter((declared) => misfitOf(declared, cells) === undefined)
    .flatMap((declared) => writtenOut(declared, cells));
}

/** Of hypotheses that somebody wrote. */
export function hypothesisProblems(experiment: Experiment, cells: readonly Cell[]): Problem[] {
  if (!isAskedFor(experiment.origins.hypotheses)) return [];
  const misfits = experiment.hypotheses.flatMap((declared, index) => {
    const misfit = misfitOf(declared, cells);
    return misfit === undefined ? [] : [misfitProblem(experiment, index, misfit)];
  });
  return [...misfits, ...familyProblems(experiment)];
}

/** Of hypotheses that came with a paper. */
export function hypothesisNotes(experiment: Experiment, cells: readonly Cell[]): PlanNote[] {
  if (isAskedFor(experiment.origins.hypotheses)) return [];
  const left = experiment.hypotheses.filter((declared) => misfitOf(declared, cells) !== undefined);
  if (left.length === 0) return [];
  const [reason] = left.flatMap((declared) => misfitOf(declared, cells)?.reason ?? []);
  return [
    {
      code: 'hypotheses-left-out',
      message: `of ${placeOf(experiment, 'hypotheses')} not judged, because the sweep was cut down: ${left.map(({ id }) => id).join(', ')} (${reason ?? ''})`,
      advice: 'Run the whole sweep for the whole claim, or declare hypotheses of your own.',
    },
  ];
}

interface Misfit {
  readonly part: 'treatment' | 'baseline';
  readonly given: string;
  readonly reason: string;
  readonly allowed: string;
}

function misfitOf(declared: DeclaredHypothesis, cells: readonly Cell[]): Misfit | undefined {
  const { claim, treatment, baseline } = declared;
  const empty = emptyArm('treatment', treatment, cells) ?? emptyArm('baseline', baseline, cells);
  if (empty !== undefined || claim === 'completes') return empty;
  const misfit = (part: Misfit['part'], selector: CellSelector, reason: string, allowed: string): Misfit => {
    return { part, given: armWords(selector), reason, allowed };
  };
  if (claim === 'steps') {
    return chainsOf(declared, cells).some((chain) => chain.length > 1)
      ? undefined
      : misfit(
          'treatment',
          treatment,
          'there is no step: its cells have one number of replicas',
          'at least two replicas',
        );
  }
  if (contrastedFactors(declared).size === 0)
    return misfit(
      'baseline',
      baseline,
      'the arms differ in no factor',
      'a factor with other values than the treatment has',
    );
  if (comparedCells(declared, cells).length > 0) return undefined;
  return misfit(
    'baseline',
    baseline,
    'no cell of the baseline agrees with one of the treatment in all other factors',
    'arms that are planned for equal other factors',
  );
}

function emptyArm(part: Misfit['part'], selector: CellSelector, cells: readonly Cell[]): Misfit | undefined {
  if (selectedCells(selector, cells).length > 0) return undefined;
  const lacking = namedFactors(selector).find(
    (name) => selectedCells({ [name]: selector[name] }, cells).length === 0,
  );
  const given = armWords(selector);
  if (lacking === undefined)
    return {
      part,
      given,
      reason: 'no cell of the plan has all of these',
      allowed: 'combinations that are planned',
    };
  const planned = [...new Set(cells.flatMap((cell) => factorOf(cell, lacking) ?? []))].map((value) =>
    valueWord(lacking, value),
  );
  return {
    part,
    given,
    reason: `no cell of the plan has ${armWords({ [lacking]: selector[lacking] })}`,
    allowed:
      planned.length === 0
        ? `no ${factorWord(lacking)}: no cell has one`
        : `${factorWord(lacking)} ${planned.join(', ')}, or more of it in the plan`,
  };
}

function misfitProblem(
  experiment: Experiment,
  index: number,
  { part, given, reason, allowed }: Misfit,
): Problem {
  const item = experiment.origins.hypotheses?.items?.[index];
  return {
    code: planCodes.impossibleHypothesis,
    place: item?.places[part] ?? placeOf(experiment, 'hypotheses'),
    message: `${item?.subject ?? 'hypotheses'}.${part}: ${given} cannot be compared: ${reason}`,
    fix: `Allowed: ${allowed}.`,
  };
}

/** One error rate and one way of correcting: a family is corrected as a whole. */
function familyProblems(experiment: Experiment): Problem[] {
  const { hypotheses, origins } = experiment;
  return hypotheses.flatMap((one, index) => {
    const first = hypotheses.find(({ family }) => family === one.family);
    if (first === undefined || (first.alpha === one.alpha && first.role === one.role)) return [];
    const part = first.alpha === one.alpha ? 'role' : 'alpha';
    const item = origins.hypotheses?.items?.[index];
    return [
      {
        code: planCodes.contradiction,
        place: item?.places[part] ?? placeOf(experiment, 'hypotheses'),
        message: `${item?.subject ?? 'hypotheses'}.${part}: ${one[part]}, and ${first.id} of the same family ${one.family} has ${first[part]}`,
        fix: `Write ${part}: ${first[part]}, or give one of them a family of its own.`,
      },
    ];
  });
}
