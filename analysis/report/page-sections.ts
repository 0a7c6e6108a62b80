/** The page from top to bottom. A new part is a file of its own and one line here. */
import { askingCharts } from './asking-charts.ts';
import { calibrationSection } from './calibration-section.ts';
import { bootCharts } from './boot-charts.ts';
import type { Chart } from './chart.ts';
import { comparisonCharts } from './comparison-charts.ts';
import { distributionCharts } from './distribution-charts.ts';
import { verdictBanner } from './document.ts';
import { hypothesisSection } from './hypothesis-section.ts';
import { inserterCharts } from './inserter-charts.ts';
import { insideCharts } from './inside-charts.ts';
import { acceleratorSection, bootTable } from './machine-sections.ts';
import { paperSection } from './paper-section.ts';
import { inserterSection } from './inserter-section.ts';
import { qualitySection } from './quality-section.ts';
import type { ReportModel } from './report-model.ts';
import { chartsOf, type Section } from './section.ts';
import {
  failureSection,
  measuredSection,
  methodSection,
  provenanceSection,
  warningSection,
} from './sections.ts';
import { cellSection, thresholdSection, trialTable } from './tables.ts';
import { trialCharts } from './trial-charts.ts';

export const pageSections: readonly Section[] = [
  ({ verdict }) => verdictBanner(verdict),
  acceleratorSection,
  thresholdSection,
  hypothesisSection,
  measuredSection,
  calibrationSection,
  cellSection,
  { title: 'Environments compared', charts: comparisonCharts },
  { title: 'Replicas and clients', charts: askingCharts },
  { title: 'Inserts', charts: inserterCharts },
  inserterSection,
  { title: 'Distributions', charts: distributionCharts },
  { title: 'Inside single trials', charts: insideCharts },
  { title: 'Trials', charts: trialCharts, closing: trialTable },
  paperSection,
  qualitySection,
  { title: 'How machines came up', charts: bootCharts, closing: bootTable },
  failureSection,
  warningSection,
  provenanceSection,
  methodSection,
];

/** Every chart of the page, in its order. */
export function pageCharts(model: ReportModel): readonly Chart[] {
  return pageSections.flatMap((section) => chartsOf(section, model));
}
