/** How latencies are spread inside trials: boxes and percentiles. Description; computes no figure. */
import type { CellDistribution } from '../distribution/distribution.ts';
import type { Box, BoxesChart, Chart, PercentilesChart } from './chart.ts';
import { grouped, namedBy, type Group } from './chart-series.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { workWords } from './work-words.ts';

/** Cells that are looked at together; more would be too many to tell apart. */
const together = ['env', 'boot', 'clients', 'inserts/min'];
const place = ['env', 'boot', 'mode'];

export function distributionCharts({ cells, distributions }: ReportModel): readonly Chart[] {
  const known = new Map(distributions.cells.map((one) => [one.cellKey, one]));
  const panels = grouped(
    cells.filter(({ key }) => known.has(key)),
    together,
  );
  const isAlone = panels.length === 1;
  return panels.flatMap((panel, index) => {
    const variant = isAlone ? {} : { variant: { of: 'distributions', choice: panel.name } };
    const suffix = isAlone ? '' : `-${index + 1}`;
    const { time } = workWords(panel.members);
    return [
      { ...boxes(panel, known, time), id: `boxes${suffix}`, ...variant },
      { ...percentiles(panel, known, time), id: `percentiles${suffix}`, ...variant },
    ];
  });
}

type Known = ReadonlyMap<string, CellDistribution>;

function boxes({ members }: Group, known: Known, time: string): Omit<BoxesChart, 'id'> {
  const categories = grouped(members, place);
  const series = new Map<string, Box[]>();
  categories.forEach(({ members: alike }, x) => {
    for (const cell of alike) {
      const box = known.get(cell.key)?.box;
      const name = namedBy(place, cell);
      if (box !== undefined) series.set(name, [...(series.get(name) ?? []), { x, ...box }]);
    }
  });
  return {
    kind: 'boxes',
    title: `Spread of the ${time}`,
    caption: `Description, not a test. Minimum, quartiles, maximum and mean (diamond) of the requests of a trial, each as its mean over the trials of the cell. Ratio scale.`,
    xTitle: '',
    yTitle: 'milliseconds',
    logarithmic: true,
    xLabels: categories.map(({ name }) => name),
    series: [...series].map(([name, of]) => ({ name, boxes: of })),
  };
}

function percentiles({ members }: Group, known: Known, time: string): Omit<PercentilesChart, 'id'> {
  return {
    kind: 'percentiles',
    title: `${time[0]?.toUpperCase() ?? ''}${time.slice(1)} by percentile`,
    caption:
      'Mean over trials of each trial’s own percentile, with its 95 % interval; where a trial has too few requests for one, there is none. Both tails are stretched (log-odds).',
    xTitle: 'percentile',
    yTitle: 'milliseconds',
    logarithmic: true,
    series: grouped(members, []).flatMap(({ name, members: cells }) =>
      cells.map((cell) => ({ name, points: quantilesOf(known, cell) })),
    ),
  };
}

function quantilesOf(known: Known, { key }: CellRow): PercentilesChart['series'][number]['points'] {
  const quantiles = known.get(key)?.quantiles ?? [];
  return quantiles.map(({ probability, ms: { mean, ciLow, ciHigh } }) => {
    return { probability, y: mean, low: ciLow, high: ciHigh };
  });
}
