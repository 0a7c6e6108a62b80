/** Hypotheses as text: the verdict, the claim in words, and why. Claims made for each of many cells are one block. Pure. */
import {
  hypothesisGroups,
  verdictCounts,
  type HypothesisGroup,
} from '../../../analysis/report/hypothesis-groups.ts';
import { interval, measured } from '../../../analysis/report/numbers.ts';
import { pWords } from '../../../analysis/verdict/because.ts';
import type { HypothesisResult, HypothesisVerdict } from '../../../analysis/verdict/hypothesis-result.ts';
import type { Colors } from '../colors.ts';
import { visibleWidth, wrapped } from './text-layout.ts';

const longestVerdict = 'inconclusive'.length;
/** Members of one block that are listed. */
const mostMembers = 12;

export function hypothesisLines(
  results: readonly HypothesisResult[],
  columns: number,
  colors: Colors,
): string[] {
  return hypothesisGroups(results).flatMap((group) =>
    group.members.length === 1
      ? group.members.flatMap((one) => oneClaim(one, columns, colors))
      : claimOfEach(group, columns, colors),
  );
}

function oneClaim(
  { hypothesis, verdict, because }: HypothesisResult,
  columns: number,
  colors: Colors,
): string[] {
  return [
    wrapped(`${mark(verdict, colors)} ${hypothesis.id}: ${hypothesis.statement}`, columns, '    '),
    `    ${wrapped(because, columns - 4, '    ')}`,
  ];
}

function claimOfEach({ id, statement, members }: HypothesisGroup, columns: number, colors: Colors): string[] {
  const shown = members.slice(0, mostMembers);
  const left = members.length - shown.length;
  const width = Math.max(...shown.map(({ place }) => visibleWidth(place)));
  return [
    wrapped(`${id}: ${statement}, in each of ${members.length}: ${verdictCounts(members)}`, columns, '    '),
    ...shown.map((member) => `    ${wrapped(memberLine(member, width, colors), columns - 4, '        ')}`),
    ...(left > 0 ? [`    and ${left} more, in the report`] : []),
  ];
}

function memberLine(member: HypothesisGroup['members'][number], width: number, colors: Colors): string {
  const { place, verdict, estimate, ciLow, ciHigh, pAdjusted, because } = member;
  const figures =
    verdict === 'unknown'
      ? because
      : `ratio ${measured(estimate)} (${interval(ciLow, ciHigh)}), corrected p ${pWords(pAdjusted)}`;
  return `${mark(verdict, colors)}${' '.repeat(longestVerdict - verdict.length)} ${place.padEnd(width)}  ${figures}`;
}

function mark(verdict: HypothesisVerdict, colors: Colors): string {
  switch (verdict) {
    case 'supported':
      return colors.green('✓ supported');
    case 'refuted':
      return colors.red('✗ refuted');
    case 'inconclusive':
      return colors.yellow('~ inconclusive');
    case 'unknown':
      return colors.yellow('? unknown');
  }
}
