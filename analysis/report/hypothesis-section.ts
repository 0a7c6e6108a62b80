/** What was claimed before the first trial, and what became of it: verdict, margin, estimate, interval, p, and why. */
import { confidence, pWords } from '../verdict/because.ts';
import type { Comparison, HypothesisResult, HypothesisVerdict } from '../verdict/hypothesis-result.ts';
import { hypothesisGroups, verdictCounts, type HypothesisGroup } from './hypothesis-groups.ts';
import { html, nothing, type Markup } from './html.ts';
import { interval, measured, noValue } from './numbers.ts';
import type { ReportModel } from './report-model.ts';

const marks: Readonly<Record<HypothesisVerdict, Markup>> = {
  supported: html`<span class="good">✓ supported</span>`,
  refuted: html`<span class="bad">✗ refuted</span>`,
  inconclusive: html`<span class="unknown">~ inconclusive</span>`,
  unknown: html`<span class="unknown">? unknown</span>`,
};

export function hypothesisSection({ hypotheses }: ReportModel): Markup {
  if (hypotheses.length === 0) return nothing;
  return html`<h2 id="hypotheses">Hypotheses</h2>
    <p class="quiet">
      Declared before the first trial: ${verdictCounts(hypotheses)}. Ratios are treatment / baseline of
      geometric means over trials. Confirmatory families are corrected by Holm, exploratory ones by
      Benjamini–Hochberg. Supported: the test of the claim rejects its opposite. Refuted: the test of the
      opposite rejects the claim. Inconclusive is a result, too: so many trials could not tell.
    </p>
    ${hypothesisGroups(hypotheses).map(groupMarkup)}`;
}

function groupMarkup(group: HypothesisGroup): Markup {
  const { id, statement, members } = group;
  const [only] = members;
  const verdict = members.length === 1 && only !== undefined ? marks[only.verdict] : verdictCounts(members);
  return html`<h3>${id}: ${verdict}</h3>
    <p>${statement}.</p>
    ${members.length === 1 && only !== undefined ? html`<p class="quiet">${only.because}.</p>` : nothing}
    ${only?.hypothesis.claim === 'completes' ? nothing : figures(members)} ${members.map(comparisonTable)}`;
}

function figures(members: HypothesisGroup['members']): Markup {
  const isMany = members.length > 1;
  return html`<div class="scroll" tabindex="0">
    <table class="hypotheses">
      <thead>
        <tr>
          ${isMany ? html`<th>at</th>` : nothing}
          <th>verdict</th>
          <th>claim</th>
          <th class="number">ratio</th>
          <th class="number">p</th>
          <th class="number">corrected p</th>
          <th class="number">trials</th>
          <th class="number">detectable ratio</th>
          <th class="number">trials a cell to decide</th>
        </tr>
      </thead>
      <tbody>
        ${members.map((member) => memberRow(member, isMany))}
      </tbody>
    </table>
  </div>`;
}

function memberRow(member: HypothesisGroup['members'][number], isMany: boolean): Markup {
  const { hypothesis, place, verdict, because, p, pAdjusted, n, minimumDetectableRatio, trialsToDecide } =
    member;
  const { claim, margin, metric, alpha, family, pairing } = hypothesis;
  return html`<tr data-hypothesis="${hypothesis.id}">
      ${isMany ? html`<td>${place}</td>` : nothing}
      <td>${marks[verdict]}</td>
      <td>
        ${metric ?? ''} ${claim}${claim === 'differs' ? '' : ` ${margin}`}<small
          >α ${alpha}, family ${family}${pairing === 'blocks' ? ', within blocks' : ''}</small
        >
      </td>
      ${ratioCell(member, confidence(hypothesis))}
      <td class="number">${pWords(p)}</td>
      <td class="number">${pWords(pAdjusted)}</td>
      <td class="number">${n}</td>
      <td class="number">${measured(minimumDetectableRatio)}</td>
      <td class="number">${trialsToDecide ?? noValue}</td>
    </tr>
    ${
      isMany
        ? html`<tr>
            <td colspan="9"><small>${because}</small></td>
          </tr>`
        : nothing
    }`;
}

function ratioCell(
  { estimate, ciLow, ciHigh }: Pick<Comparison, 'estimate' | 'ciLow' | 'ciHigh'>,
  share: number,
): Markup {
  const ends = interval(ciLow, ciHigh);
  return html`<td class="number">
    ${measured(estimate)}${ends === '' ? nothing : html`<small>${share} % CI ${ends}</small>`}
  </td>`;
}

/** Where a claim is made of several comparisons, each of them with its own uncorrected verdict. */
function comparisonTable({ hypothesis, comparisons }: HypothesisResult): Markup {
  if (comparisons.length < 2) return nothing;
  return html`<details>
    <summary>the ${comparisons.length} comparisons of ${hypothesis.id}, uncorrected</summary>
    <div class="scroll" tabindex="0">
      <table class="comparisons">
        <thead>
          <tr>
            <th>comparison</th>
            <th>by itself</th>
            <th class="number">ratio</th>
            <th class="number">p</th>
            <th class="number">Cliff’s δ</th>
            <th class="number">trials</th>
            <th>remark</th>
          </tr>
        </thead>
        <tbody>
          ${comparisons.map(
            (one) =>
              html`<tr>
                <td>${one.label}</td>
                <td>${marks[one.verdict]}</td>
                ${ratioCell(one, confidence(hypothesis))}
                <td class="number">${pWords(one.p)}</td>
                <td class="number">${measured(one.cliffsDelta)}</td>
                <td class="number">${one.trials.treatment} + ${one.trials.baseline}</td>
                <td>${one.remark}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
