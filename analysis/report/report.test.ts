import { describe, expect, it } from 'vitest';
import { noDistributions } from '../distribution/distribution.ts';
import { askingCharts } from './asking-charts.ts';
import { escaped, html, jsonMarkup, scriptMarkup } from './html.ts';
import { bytes, duration, grouped, interval, measured } from './numbers.ts';
import { pageCharts } from './page-sections.ts';
import { renderHtml } from './render-html.ts';
import { hostile, sampleReport } from './report.fixture.ts';
import { trialCharts } from './trial-charts.ts';

const nothingMeasured = { cells: [], trials: [], thresholds: [], boots: [], distributions: noDistributions };

describe('numbers', () => {
  it.each([
    [12345.6, '12\u202f346'],
    [1234567, '1\u202f234\u202f567'],
    [123.4, '123'],
    [99.97, '100'],
    [12.34, '12.3'],
    [9.999, '10.0'],
    [1.234, '1.23'],
    [0.1234, '0.123'],
    [0.9, '0.900'],
    [0, '0'],
    [-8.01, '−8.01'],
  ])('%d is set as %s', (value, text) => {
    expect(measured(value)).toBe(text);
  });

  it('no value is a dash, never a zero', () => {
    expect(measured(null)).toBe('—');
    expect(measured(Number.NaN)).toBe('—');
    expect(interval(null, 1)).toBe('');
  });

  it('an interval that crosses zero does not put a dash beside a minus', () => {
    expect(interval(1, 2)).toBe('1.00–2.00');
    expect(interval(-1, 2)).toBe('−1.00 to 2.00');
  });

  it('durations and sizes carry their unit', () => {
    expect([999, 61_000, 59_960, 3_600_000 * 2.5].map(duration)).toEqual([
      '1.0 s',
      '1 min 01 s',
      '1 min 00 s',
      '2 h 30 min',
    ]);
    expect([512, 1500, 36_256_664].map(bytes)).toEqual(['512 B', '1.5 kB', '36 MB']);
    expect(grouped(999)).toBe('999');
  });
});

describe('the page', () => {
  const page = renderHtml(sampleReport(), 'var Chart;');

  it('lets no text become markup', () => {
    expect(page).not.toContain('<img');
    expect(page).not.toContain('onerror="alert');
    const scripts = pageCharts(sampleReport()).length + 1;
    expect(page.match(/<script/g)).toHaveLength(scripts);
    expect(page.match(/<\/script>/g)).toHaveLength(scripts);
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;');
  });

  it('asks nothing of any other place', () => {
    const addresses = [...page.matchAll(/\b(?:src|href|action|url)\s*=\s*"([^"]*)"/g)].map(
      ([, address]) => address,
    );
    expect(addresses).toEqual(['data:,']);
    expect(page).not.toMatch(/@import|url\(/);
    expect(page).toContain('default-src &#39;none&#39;');
  });

  it('still is a page when nothing was measured', () => {
    const empty = renderHtml(sampleReport(nothingMeasured), 'var Chart;');
    expect(empty).toContain('No cell was measured.');
    expect(empty).not.toContain('<canvas');
  });
});

describe('markup', () => {
  it('escapes values, and keeps nested templates', () => {
    expect(html`<b>${'<i>'}${[html`<u>${'&'}</u>`]}</b>`.markup).toBe('<b>&lt;i&gt;<u>&amp;</u></b>');
  });

  it('shows control characters instead of passing them on', () => {
    expect(escaped(`a${String.fromCharCode(0, 27)}b\n`)).toBe('a\ufffd\ufffdb\n');
  });

  it('carries JSON through a script element unharmed', () => {
    const { markup } = jsonMarkup({ text: hostile });
    expect(markup).not.toMatch(/[<>&\u2028]/);
    expect(JSON.parse(markup)).toEqual({ text: hostile });
  });

  it('refuses a script that would end its element', () => {
    expect(() => scriptMarkup('"</script>"')).toThrow();
  });
});

describe('the charts', () => {
  const model = sampleReport();
  const charts = askingCharts(model);

  it('carry exactly the figures of the cells', () => {
    const points = charts[0]?.series.flatMap((series) => series.points.map(({ y }) => y)) ?? [];
    const figures = model.cells.map(({ metrics }) => metrics?.throughputPerS.mean);
    expect([...points].sort()).toEqual([...figures].sort());
  });

  it('name a line by what tells it from the others', () => {
    expect(charts[0]?.series.map(({ name }) => name)).toEqual([
      'process, 1 replica',
      'process, 3 replicas',
      'docker, 1 replica',
      'docker, 3 replicas',
    ]);
  });

  it('are split by the factor with the fewest values until their lines can be told apart', () => {
    const cells = model.cells.slice(0, 1).flatMap((cell) =>
      ['ram', 'disk'].flatMap((store) =>
        Array.from({ length: 8 }, (_unused, index) => {
          const replicas = 2 * index + 1;
          const factors = new Map([
            ...cell.factors,
            ['store', store],
            ['replicas', String(replicas)],
          ] as const);
          return { ...cell, replicas, factors };
        }),
      ),
    );
    const [first, second, ...others] = askingCharts({ ...model, cells });
    expect([first?.variant?.choice, second?.variant?.choice]).toEqual(['store ram', 'store disk']);
    expect(first?.series).toHaveLength(8);
    expect([first?.id, second?.id]).toEqual(['throughput-by-clients-1', 'throughput-by-clients-2']);
    expect(others.map(({ id }) => id)).toEqual(['latency-by-replicas']);
  });

  it('have no point for a trial without a figure, rather than one at zero', () => {
    const trials = model.trials.map((trial) => ({
      ...trial,
      throughputPerS: trial.trialId === 't0001' ? null : 5,
    }));
    const [shown] = trialCharts({ ...model, trials });
    expect(shown?.series.flatMap(({ points }) => points)).toHaveLength(model.trials.length - 1);
    expect(pageCharts(sampleReport(nothingMeasured))).toEqual([]);
  });
});
