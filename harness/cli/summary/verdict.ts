/** The one line that must be right: are the answers correct, did the thresholds hold, is anything missing. Pure. */
import { invalidTrials } from '../../../analysis/attempts.ts';
import { counted, grouped } from '../../../analysis/report/numbers.ts';
import { verdictCounts } from '../../../analysis/report/hypothesis-groups.ts';
import type { HypothesisResult } from '../../../analysis/verdict/hypothesis-result.ts';
import type { RunStatus, ThresholdRow, Verdict } from '../../../analysis/report/report-model.ts';
import type { TrialRecord } from '../../../results/store/records.ts';

export interface VerdictInput {
  readonly status: RunStatus;
  readonly planned: number;
  /** The attempt that decides each trial. */
  readonly final: readonly TrialRecord[];
  /** Trials with a wrong answer in any attempt. */
  readonly wrong: number;
  readonly thresholds: readonly ThresholdRow[];
  readonly hypotheses: readonly HypothesisResult[];
}

export function verdictOf(input: VerdictInput): Verdict {
  const { wrong } = input;
  const failed = input.final.filter(({ status }) => status === 'failed').length;
  const unknown = input.final.filter(
    ({ status, verification }) => status === 'completed' && (verification?.correct ?? null) === null,
  ).length;
  const missed = input.thresholds.filter(({ outcome }) => outcome !== 'pass').length;
  const sentences = [
    correctness(input, wrong, unknown),
    ...thresholdSentence(input),
    ...hypothesisSentence(input),
    completeness(input),
  ];
  const verdict = (tone: Verdict['tone'], headline: string): Verdict => ({ tone, headline, sentences });
  if (wrong > 0) return verdict('bad', `Wrong answers in ${counted(wrong, 'trial')}`);
  if (input.status === 'interrupted') return verdict('unknown', 'Interrupted: what was finished is kept');
  if (failed > 0) return verdict('bad', `${grouped(failed)} of ${counted(input.planned, 'trial')} failed`);
  if (unknown > 0) return verdict('unknown', `Correctness unknown in ${counted(unknown, 'trial')}`);
  if (input.status === 'partial') return verdict('unknown', 'Incomplete: not every planned trial was run');
  if (missed > 0) {
    return verdict(
      'bad',
      `Answers correct, but ${missed} of ${counted(input.thresholds.length, 'threshold check')} missed`,
    );
  }
  const limits = input.thresholds.length > 0 ? ', and every threshold met' : '';
  const left = invalidTrials(input.final).length;
  const usable =
    left === 0 ? '' : `; ${grouped(left)} of ${counted(input.planned, 'trial')} left out of the figures`;
  return verdict('good', `Every answer correct${limits}${usable}`);
}

function correctness(input: VerdictInput, wrong: number, unknown: number): string {
  const right = input.final.filter(({ verification }) => verification?.correct === true).length;
  const rest = [
    ...(wrong > 0 ? [`${grouped(wrong)} gave wrong answers`] : []),
    ...(unknown > 0 ? [`${grouped(unknown)} could not be checked`] : []),
  ];
  return [`${counted(right, 'trial')} verified correct`, ...rest].join(', ') + '.';
}

function thresholdSentence({ thresholds }: VerdictInput): string[] {
  if (thresholds.length === 0) return ['No threshold was set.'];
  const count = (outcome: ThresholdRow['outcome']) =>
    thresholds.filter((row) => row.outcome === outcome).length;
  const unknown = count('unknown');
  const tail = unknown > 0 ? `, ${unknown} unknown (counted as failed)` : '';
  return [`Thresholds: ${count('pass')} passed, ${count('fail')} failed${tail}.`];
}

function hypothesisSentence({ hypotheses }: VerdictInput): string[] {
  return hypotheses.length === 0 ? [] : [`Hypotheses: ${verdictCounts(hypotheses)}.`];
}

function completeness({ planned, final }: VerdictInput): string {
  const count = (status: TrialRecord['status']) => final.filter((record) => record.status === status).length;
  const missing = planned - final.length;
  const left = invalidTrials(final).length;
  const parts = [
    `${counted(planned, 'trial')} planned`,
    `${grouped(count('completed'))} completed${left === 0 ? '' : ` (${grouped(left)} of them invalid)`}`,
    `${grouped(count('failed'))} failed`,
    ...(count('aborted') > 0 ? [`${grouped(count('aborted'))} aborted`] : []),
    ...(missing > 0 ? [`${grouped(missing)} not run`] : []),
  ];
  return `${parts.join(', ')}.`;
}
