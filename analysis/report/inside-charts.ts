/** A few trials looked into: each request over time, the rate of answers, and what the nodes used. Computes no figure. */
import type { TrialInside } from '../distribution/distribution.ts';
import type { TimeChart } from './chart.ts';
import { grouped, measured } from './numbers.ts';
import type { ReportModel } from './report-model.ts';

export function insideCharts({ distributions: { insides } }: ReportModel): readonly TimeChart[] {
  return insides.flatMap((inside) => {
    const variant = { of: 'inside', choice: `${inside.trialId}: ${inside.cellLabel}` };
    return [latencies(inside), rate(inside), cpus(inside), memory(inside)]
      .filter(({ series }) => series.some(({ points }) => points.length > 0))
      .map((chart) => ({ ...chart, variant }));
  });
}

/** What all charts of one trial have in common: the clock, what happened, and when the measurement began. */
function clock({ marks, measuredFromS }: TrialInside) {
  return {
    xTitle: 'seconds since the drive began',
    marks: marks.map(({ atS, kind, text }) => ({ x: atS, kind, text })),
    spans: measuredFromS === null ? [] : [{ from: 0, to: measuredFromS, label: 'warm-up' }],
  };
}

function latencies(inside: TrialInside): TimeChart {
  const { trialId, requests, unanswered, warmUp, measured: points, isDecimated } = inside;
  const shown = isDecimated
    ? `Of ${grouped(requests)} requests the fastest and the slowest of each 400th of the time, so that no peak is lost.`
    : `All ${grouped(requests - unanswered)} answered requests.`;
  return {
    kind: 'scatter',
    id: `latency-over-time-${trialId}`,
    title: 'Latency of requests over time',
    caption: `${shown} By when each was due. A vertical line is an election, a fault or the like. Ratio scale. Dragging across a stretch enlarges it, a double click shows all again.`,
    yTitle: 'milliseconds',
    logarithmic: true,
    ...clock(inside),
    series: [
      { name: 'measured', points },
      { name: 'warm-up, in no figure', points: warmUp },
    ].filter(({ points: some }) => some.length > 0),
    facts: [
      ['requests', grouped(requests)],
      ['without an answer, or refused', grouped(unanswered)],
      ['points shown', grouped(points.length + warmUp.length)],
      ['slowest of them', `${measured(highest(points))} ms`],
    ],
  };
}

function rate(inside: TrialInside): TimeChart {
  return {
    kind: 'curves',
    id: `rate-over-time-${inside.trialId}`,
    title: 'Answers per second over time',
    caption: 'Counted in sixtieths of the trial. Zero is a service that stood still.',
    yTitle: 'answers per second',
    logarithmic: false,
    ...clock(inside),
    series: [{ name: 'answers', points: inside.rate }],
    facts: [['highest', `${measured(highest(inside.rate))}/s`]],
  };
}

function cpus(inside: TrialInside): TimeChart {
  return {
    kind: 'curves',
    id: `cpu-over-time-${inside.trialId}`,
    title: 'Processors used by each node',
    caption: 'Between two readings of a node’s counter; each point is the stretch before it.',
    yTitle: 'processors',
    logarithmic: false,
    ...clock(inside),
    series: inside.nodes.map(({ node, cpus: points }) => ({ name: node, points })),
    facts: inside.nodes.map(({ node, cpus: points }) => [`${node}, highest`, measured(highest(points))]),
  };
}

function memory(inside: TrialInside): TimeChart {
  return {
    kind: 'curves',
    id: `memory-over-time-${inside.trialId}`,
    title: 'Memory used by each node',
    caption: 'As the environment accounts for it: what it counts differs between environments.',
    yTitle: 'MB',
    logarithmic: false,
    ...clock(inside),
    series: inside.nodes.map(({ node, memoryMb: points }) => ({ name: node, points })),
    facts: inside.nodes.map(({ node, memoryMb }) => [
      `${node}, highest`,
      `${measured(highest(memoryMb))} MB`,
    ]),
  };
}

function highest(points: readonly (readonly [number, number])[]): number | null {
  return points.length === 0 ? null : points.reduce((most, [, y]) => Math.max(most, y), -Infinity);
}
