/** Trials one by one: whether the machine stayed the same while they ran. */
import type { CategoryChart } from './chart.ts';
import type { ReportModel } from './report-model.ts';
import { workWords } from './work-words.ts';

export function trialCharts({ trials, cells }: ReportModel): readonly CategoryChart[] {
  const labels = [...new Set(trials.map(({ cellLabel }) => cellLabel))];
  const series = labels.map((label) => ({
    name: label,
    points: trials.flatMap(({ cellLabel, throughputPerS, trialId, invalid }, x) => {
      if (cellLabel !== label || throughputPerS === null) return [];
      const note = `${trialId}${invalid.length > 0 ? ' (invalid)' : ''}, ${cellLabel}`;
      return [{ x, y: throughputPerS, low: null, high: null, note }];
    }),
  }));
  return [
    {
      kind: 'points',
      id: 'trials',
      title: 'Every trial in the order it was run',
      caption:
        'Points of one cell should scatter about a level line; a drift or a jump means that the machine changed. Failed trials have no point. Ratio scale; pointing at a point names its cell.',
      xTitle: 'trial',
      yTitle: workWords(cells).ratePerSecond,
      xLabels: trials.map(({ trialId }) => trialId),
      logarithmic: true,
      series,
    },
  ];
}
