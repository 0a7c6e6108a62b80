/** What the page is made of: a list of parts, each of words or of charts, each in a file of its own. */
import { isEmpty, type Chart } from './chart.ts';
import { figure } from './figure.ts';
import { html, nothing, type Markup } from './html.ts';
import type { ReportModel } from './report-model.ts';

/** A function for words and tables; with charts, the list of them, so that they can become PNGs, too. */
export type Section = ((model: ReportModel) => Markup) | ChartSection;

export interface ChartSection {
  /** Heading; not shown when there is neither a chart nor an introduction. */
  readonly title: string;
  readonly charts: (model: ReportModel) => readonly Chart[];
  /** Before the charts. */
  readonly introduction?: (model: ReportModel) => Markup;
  /** After the charts. */
  readonly closing?: (model: ReportModel) => Markup;
}

export function chartsOf(section: Section, model: ReportModel): readonly Chart[] {
  return typeof section === 'function' ? [] : section.charts(model).filter((chart) => !isEmpty(chart));
}

export function sectionMarkup(section: Section, model: ReportModel): Markup {
  if (typeof section === 'function') return section(model);
  const charts = chartsOf(section, model);
  const introduction = section.introduction?.(model) ?? nothing;
  const closing = section.closing?.(model) ?? nothing;
  if (charts.length === 0 && introduction === nothing && closing === nothing) return nothing;
  return html`<section>
    <h2>${section.title}</h2>
    ${introduction} ${blocksOf(charts).map(chartBlock)} ${closing}
  </section>`;
}

interface Block {
  /** Name of what is chosen from; null for charts that are always shown. */
  readonly of: string | null;
  readonly charts: Chart[];
}

function blocksOf(charts: readonly Chart[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const chart of charts) {
    const of = chart.variant?.of ?? null;
    const last = blocks.at(-1);
    if (last?.of === of) last.charts.push(chart);
    else blocks.push({ of, charts: [chart] });
  }
  return blocks;
}

function chartBlock({ of, charts }: Block): Markup {
  const choices = [...new Set(charts.map(({ variant }) => variant?.choice ?? ''))];
  const chosen = (choice: string) => charts.filter(({ variant }) => (variant?.choice ?? '') === choice);
  if (of === null || choices.length === 1) return html`<div class="charts">${charts.map(figure)}</div>`;
  return html`<label class="chooser"
      >Shown:
      <select data-variants="${of}">
        ${choices.map((choice) => html`<option>${choice}</option>`)}
      </select></label
    >
    ${choices.map(
      (choice, index) =>
        html`<div class="charts" data-variant="${of}" ${index === 0 ? nothing : hidden}>
          ${chosen(choice).map(figure)}
        </div>`,
    )}`;
}

const hidden: Markup = { markup: 'hidden' };
