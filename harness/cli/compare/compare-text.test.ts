import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { ComparisonReport } from '../../../analysis/compare/comparison-report.ts';
import { cellsOver } from '../summary/run.fixture.ts';
import { visibleWidth } from '../summary/text-layout.ts';
import { compareText } from './compare-text.ts';
import { comparisonOf } from './stored-run.fixture.ts';

const textOf = (report: ComparisonReport, columns = 110, colors = pc.createColors(false)) =>
  compareText(report, 'report/compare-a.html', { columns, colors });
const slower = comparisonOf({}, { slowdown: 1.2, manifest: { runId: 'second' } });

describe('a comparison as text', () => {
  it('names both runs, then gives the verdict, the figures, the noise, what to keep in mind and the page', () => {
    const text = textOf(slower);
    const places = [
      ...['A  2024', 'B  second', '✗ B is a regression in 4 figures', 'B / A', 'REGRESSION'],
      ...['In words', 'Noise', 'Keep in mind', 'Page     report/compare-a.html'],
    ].map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('has a row a figure: trials of both, ratio with its interval, p, size and verdict', () => {
    expect(textOf(slower)).toMatch(
      /throughput +8, 8 +0\.833 \(0\.\d{3}–0\.\d{3}\) +< 0\.001 +-1\.00 +REGRESSION\n/,
    );
    expect(textOf(comparisonOf({ slowdown: 1.2 }, {}))).toMatch(/p99 .* 0\.833 .* faster\n/);
    expect(textOf(comparisonOf({}, {}))).toMatch(/p50 .* 1\.000 .* same \(±5 %\)\n/);
    expect(textOf(comparisonOf({ trials: 1 }, {}))).toMatch(/p50 +1, 8 +1\.\d{3} +— +— +unknown\n/);
  });

  it('names each cell once, above its figures', () => {
    const cells = cellsOver([1, 3], [4]);
    const [, table = ''] = textOf(comparisonOf({ cells }, { cells })).split('B / A\n');
    const names = table
      .split('\n')
      .map((line) => /^ +(figure|throughput|p\d+|\S.*\d replicas?)/.exec(line)?.[1]);
    const figures = ['throughput', 'p50', 'p95', 'p99'];
    expect(names.slice(0, 11)).toEqual([
      'figure',
      ...[expect.stringContaining('1 replica') as string, ...figures],
      ...[expect.stringContaining('3 replicas') as string, ...figures],
    ]);
  });

  it('tells a loss that is not proven beyond what is allowed from a regression', () => {
    const text = textOf(comparisonOf({}, { slowdown: 1.2 }, { regressionThreshold: 0.5 }));
    expect(text).toContain('? B is slower in 4 figures, not proven beyond what is allowed');
    expect(text).toMatch(/throughput .* slower\n/);
    expect(text).not.toContain('REGRESSION');
  });

  it('says in words what was decided, at most twenty of it, and how much more there is', () => {
    const cells = cellsOver([1, 3, 5], [1, 4]);
    const text = textOf(comparisonOf({ cells }, { cells, slowdown: 1.2 }));
    expect(text.match(/^ +\S.*: slower by/gm)).toHaveLength(20);
    expect(text).toContain('and 4 more, in the page');
    expect(textOf(comparisonOf({ trials: 2 }, { trials: 2, slowdown: 1.02 }))).not.toContain('In words');
  });

  it('says what was overlooked on purpose and what only one of them has', () => {
    const manifest = { commit: 'abc-dirty' };
    const [a, b] = [{ cells: cellsOver([1, 3], [4]) }, { cells: cellsOver([3, 5], [4]), manifest }];
    const text = textOf(comparisonOf(a, b, { allowed: ['dirty'] }));
    expect(text).toMatch(/Unlike, and compared all the same\n +dirty: B was made with uncommitted/);
    expect(text).toMatch(/Only in A\n.*1 replica\b/);
    expect(text).toMatch(/Only in B\n.*5 replicas/);
    expect(textOf(slower)).not.toMatch(/Unlike|Only in/);
  });

  it('names no page where none was written', () => {
    const page = { columns: 110, colors: pc.createColors(false) };
    expect(compareText(slower, null, page)).not.toContain('Page');
  });

  it.each([60, 80, 200])('fits %i columns, and never uses more than 110', (columns) => {
    const wide = textOf(slower, columns)
      .split('\n')
      .filter((line) => visibleWidth(line) > Math.min(110, columns));
    expect(wide).toEqual([]);
  });

  it('says in colour nothing that it does not say in words', () => {
    const colored = textOf(slower, 110, pc.createColors(true));
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(colored).not.toBe(textOf(slower));
    expect(colored.replaceAll(escapes, '')).toBe(textOf(slower));
  });
});
