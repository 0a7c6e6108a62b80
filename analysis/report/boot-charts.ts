/** How soon machines are there, step by step. Computes no figure. */
import type { CategoryChart } from './chart.ts';
import type { ReportModel } from './report-model.ts';

export function bootCharts({ boots }: ReportModel): readonly CategoryChart[] {
  const events = [...boots.flatMap(({ events: of }) => of)].sort((a, b) => a.medianMs - b.medianMs);
  const names = [...new Set(events.map(({ name }) => name))];
  return [
    {
      kind: 'lines',
      id: 'boots',
      title: 'From start to ready',
      caption: 'Median over nodes and trials; the whisker reaches to the slowest. Ratio scale.',
      xTitle: 'event',
      yTitle: 'seconds since the start of the node',
      logarithmic: true,
      xLabels: names,
      series: boots.map(({ env, boot, machines, events: of }) => ({
        name: `${env}, ${boot}, ${machines} at once`,
        points: of
          .filter(({ medianMs }) => medianMs > 0)
          .map(({ name, medianMs, maxMs }) => {
            const y = medianMs / 1000;
            return {
              x: names.indexOf(name),
              y,
              low: y,
              high: maxMs / 1000,
              note: `${env}, ${boot}: ${name}`,
            };
          }),
      })),
    },
  ];
}
