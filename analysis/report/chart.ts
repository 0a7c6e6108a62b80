/**
 * What a chart is made of: plain data, arranged from the model and already final. One builder turns it into pixels
 * (`drawing/chart-config.ts`, for page and PNG alike), one into the table beside it (`chart-table.ts`).
 */
export type Chart = CategoryChart | BoxesChart | TimeChart | PercentilesChart;

interface Frame {
  /** Unique on the page; also the name of the PNG file. */
  readonly id: string;
  readonly title: string;
  /** What to look for, in one sentence. */
  readonly caption: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** A ratio scale, where values differ by orders of magnitude and the question is whether each is level. */
  readonly logarithmic: boolean;
  /** Of charts with the same `of` one choice is shown at a time. */
  readonly variant?: { readonly of: string; readonly choice: string };
}

/** More lines can hardly be told apart, and their legend would be larger than the chart. */
export const mostInLegend = 12;

/** Estimates side by side, with whiskers where there is an interval. */
export interface CategoryChart extends Frame {
  readonly kind: 'lines' | 'points' | 'bars';
  /** x are the positions in here. */
  readonly xLabels: readonly string[];
  /** What the values are read against, drawn across; bars grow from it. */
  readonly reference?: { readonly y: number; readonly label: string };
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  /** Taken from elsewhere, such as a paper's own figures: drawn hollow and dashed. */
  readonly isQuoted?: boolean;
  readonly points: readonly Point[];
}

export interface Point {
  /** Index into `xLabels`. */
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Shown on hover. */
  readonly note: string;
}

/** Description, not inference: five numbers and a mean each. */
export interface BoxesChart extends Frame {
  readonly kind: 'boxes';
  readonly xLabels: readonly string[];
  readonly series: readonly { readonly name: string; readonly boxes: readonly Box[] }[];
}

export interface Box {
  readonly x: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly mean: number;
}

/** Many points on a common clock, and what happened meanwhile. */
export interface TimeChart extends Frame {
  readonly kind: 'scatter' | 'curves';
  /** x in the unit of the x title. */
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
  /** The table beside the chart: too many points for a list of them. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** An election, a checkpoint, a fault, a garbage collection. */
export interface Mark {
  readonly x: number;
  readonly kind: string;
  readonly text: string;
}

/** A stretch of time that means something else, such as warm-up. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** Quantiles on a log-odds axis, which gives p99.9 as much room as p0.1. */
export interface PercentilesChart extends Frame {
  readonly kind: 'percentiles';
  readonly series: readonly { readonly name: string; readonly points: readonly QuantilePoint[] }[];
}

export interface QuantilePoint {
  /** Strictly between 0 and 1. */
  readonly probability: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Whether there is anything to see; a chart without it is left out. */
export function isEmpty(chart: Chart): boolean {
  return chart.kind === 'boxes'
    ? chart.series.every(({ boxes }) => boxes.length === 0)
    : chart.series.every(({ points }) => points.length === 0);
}
