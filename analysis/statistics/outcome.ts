/**
 * Why data cannot answer a question. A test gives its result or this, never NaN: a caller has to say what becomes of
 * it, and a report can say it in words.
 */
export interface Degenerate {
  readonly kind: 'degenerate';
  readonly reason: 'too-few-trials' | 'constant-data' | 'non-positive-values' | 'unbalanced' | 'unbounded';
  /** A full sentence with the figures: "group A has 1 trial; a spread needs 2". */
  readonly text: string;
}

export function degenerate(reason: Degenerate['reason'], text: string): Degenerate {
  return { kind: 'degenerate', reason, text };
}

export function isDegenerate(result: object): result is Degenerate {
  return 'kind' in result && result.kind === 'degenerate';
}
