import { describe, expect, it } from 'vitest';
import { paperNames, readPaper } from './library.ts';
import { figureOf, figuresOf, findingsOf, parsePaper } from './paper.ts';

const minimal = { name: 'p', title: 't', authors: 'a', setup: [], findings: [], verdicts: [] };
const figure = { quantity: 'boot', value: 20, unit: 's', source: 'section 2' };

describe('the papers’ data', () => {
  it.each(paperNames)('of %s is what it must be, every figure with its place', (name) => {
    const paper = readPaper(name);
    expect(paper.name).toBe(name);
    expect(paper.figures.length).toBeGreaterThan(3);
    expect(paper.setup.length).toBeGreaterThan(2);
  });

  it('gives the 14 figures of table 1 of onset by store and step', () => {
    const onset = readPaper('onset');
    expect(figuresOf(onset, 'throughput-reduction')).toHaveLength(14);
    const ofStep = (store: string, from: number, to: number) =>
      figureOf(onset, 'throughput-reduction', { store, from, to })?.value;
    expect([ofStep('ram', 1, 3), ofStep('ram', 13, 15)]).toEqual([84.7, 10.13]);
    expect([ofStep('disk', 1, 3), ofStep('disk', 13, 15)]).toEqual([74.93, 6.81]);
    expect(figureOf(onset, 'throughput-reduction', { store: 'ram', from: 1, to: 5 })).toBeNull();
    expect(onset.verdicts.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['H1', 'refuted'],
      ['H2', 'supported'],
    ]);
  });

  it('has findings by what they belong to', () => {
    expect(findingsOf(readPaper('onset'), 'figure-5')).toHaveLength(2);
    expect(findingsOf(readPaper('onset'), 'figure-99')).toEqual([]);
  });
});

describe('a paper’s file', () => {
  it.each([
    ['a figure without a source', { ...figure, source: '' }],
    ['a unit nobody knows', { ...figure, unit: 'furlong' }],
    ['a value outside its own interval, unremarked', { ...figure, low: 21, high: 22 }],
    ['a key that is misspelt', { ...figure, hihg: 21 }],
  ])('is refused with %s', (_what, bad) => {
    expect(() => parsePaper({ ...minimal, figures: [bad] })).toThrow();
  });

  it('is refused with two figures of the same quantity and factors', () => {
    const twin = { ...figure, value: 3 };
    expect(() => parsePaper({ ...minimal, figures: [figure, twin] })).toThrow(/two figures/);
    expect(
      parsePaper({ ...minimal, figures: [figure, { ...twin, factors: { kind: 'vm' } }] }).figures,
    ).toHaveLength(2);
  });
});
