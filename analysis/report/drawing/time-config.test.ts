import { describe, expect, it } from 'vitest';
import { light } from './theme.ts';
import { timeConfig } from './time-config.ts';

const marks = ['election', 'kill-replica', 'election'].map((kind, index) => ({ x: index, kind }));
const chart = {
  ...{ id: 'latency', title: 'Latency', caption: '', xTitle: 's', yTitle: 'ms', logarithmic: false },
  ...{ type: 'time', kind: 'scatter', spans: [], marks, series: [{ name: 'measured', points: [[0, 1]] }] },
} as unknown as Parameters<typeof timeConfig>[0];

interface Line {
  readonly label: { readonly content: string; readonly display: boolean; readonly yAdjust: number };
}

describe('what happened meanwhile', () => {
  const { annotations } = timeConfig(chart, light).options?.plugins?.annotation as unknown as {
    annotations: readonly Line[];
  };

  it('is named at its line', () => {
    expect(annotations.map(({ label }) => label.content)).toEqual(['election', 'kill-replica', 'election']);
  });

  it('is never named below the chart, where the name would be cut off', () => {
    for (const { label } of annotations) expect(label.yAdjust).toBeLessThanOrEqual(0);
  });
});
