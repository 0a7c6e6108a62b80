/** Results in the order of declaration, those of one claim made for each of many cells together. */
import type { HypothesisResult, HypothesisVerdict } from '../verdict/hypothesis-result.ts';

export interface HypothesisGroup {
  readonly id: string;
  readonly statement: string;
  readonly members: readonly (HypothesisResult & {
    /** `replicas=3,clients=16`; empty for a claim of its own. */
    readonly place: string;
  })[];
}

export function hypothesisGroups(results: readonly HypothesisResult[]): readonly HypothesisGroup[] {
  const groups = new Map<string, HypothesisGroup['members'][number][]>();
  for (const result of results) {
    const [id = '', place = ''] = result.hypothesis.id.split('@');
    const members = groups.get(id);
    if (members === undefined) groups.set(id, [{ ...result, place }]);
    else members.push({ ...result, place });
  }
  return [...groups].map(([id, members]) => ({ id, statement: commonStatement(members), members }));
}

/** What stands before the place of each. */
function commonStatement(members: HypothesisGroup['members']): string {
  const statement = members[0]?.hypothesis.statement ?? '';
  const end = statement.lastIndexOf(', at ');
  return members.length > 1 && end >= 0 ? statement.slice(0, end) : statement;
}

const order: readonly HypothesisVerdict[] = ['supported', 'refuted', 'inconclusive', 'unknown'];

/** `3 supported, 1 refuted`. */
export function verdictCounts(results: readonly { readonly verdict: HypothesisVerdict }[]): string {
  return order
    .map((verdict) => [verdict, results.filter((result) => result.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}
