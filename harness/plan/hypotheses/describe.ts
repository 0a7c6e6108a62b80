/** Hypotheses as `--dry-run` shows them: in words, with what decides them. */
import type { Hypothesis } from '../../foundation/hypothesis.ts';

const mostShown = 24;

export function hypothesisLines(hypotheses: readonly Hypothesis[], hash: string): string[] {
  if (hypotheses.length === 0) return [];
  const shown = hypotheses.slice(0, mostShown);
  const hidden = hypotheses.length - shown.length;
  return [
    `Hypotheses: ${hypotheses.length}, judged after the last trial · hash ${hash.slice(0, 12)}`,
    ...shown.map((one) => `  ${one.id}: ${one.statement} (${decisionWords(one)})`),
    ...(hidden > 0 ? [`  … and ${hidden} more; --dry-run --json lists all`] : []),
    '',
  ];
}

/** `at-most 1.2, α 0.05, Holm over family main`. */
function decisionWords({ claim, margin, alpha, family, role, pairing }: Hypothesis): string {
  if (claim === 'completes') return 'counted, not tested';
  const bound = claim === 'differs' ? claim : `${claim} ${margin}`;
  const pairs = pairing === 'blocks' ? ' within blocks' : '';
  return `${bound}${pairs}, α ${alpha}, ${role === 'confirmatory' ? 'Holm' : 'Benjamini–Hochberg'} over family ${family}`;
}
