import { describe, expect, it } from 'vitest';
import { sampleManifest } from '../../../results/store/records.fixture.ts';
import { hypothesis } from '../../../analysis/verdict/verdict.fixture.ts';
import type { Hypothesis } from '../../foundation/hypothesis.ts';
import { hypothesesHash } from '../../foundation/hypotheses-hash.ts';
import { buildReport } from './build-report.ts';
import { hypothesisWarnings } from './hypothesis-warnings.ts';
import { runOf } from './run.fixture.ts';

const declared = [hypothesis({ id: 'first' }), hypothesis({ id: 'second', margin: 2 })];
const stored = (hypotheses: readonly Hypothesis[], hash: string | null) => {
  return { ...sampleManifest(1), hypotheses, hypothesesHash: hash };
};
const codes = (...manifest: Parameters<typeof stored>) =>
  hypothesisWarnings(stored(...manifest)).map(({ code }) => code);

describe('hypotheses of a stored run', () => {
  it('that are those of before the first trial raise no doubt, whatever the order of their keys', () => {
    const turned = declared.map((one) => Object.fromEntries(Object.entries(one).reverse()) as never);
    expect(codes(declared, hypothesesHash(declared))).toEqual([]);
    expect(codes(turned, hypothesesHash(declared))).toEqual([]);
  });

  it('of a run from before there were any raise none', () => {
    expect(codes([], null)).toEqual([]);
    expect(codes([], hypothesesHash([]))).toEqual([]);
  });

  it.each([
    ['a margin was moved', [hypothesis({ id: 'first', margin: 1.2 }), ...declared.slice(1)]],
    ['one was taken out', declared.slice(1)],
    ['one was added', [...declared, hypothesis({ id: 'third' })]],
    ['all were taken out', []],
  ])('are doubted when %s after that', (_what, hypotheses) => {
    expect(codes(hypotheses, hypothesesHash(declared))).toEqual(['hypotheses-changed']);
  });

  it('are doubted when there are some and none had been declared', () => {
    const [warning] = hypothesisWarnings(stored(declared, null));
    expect(warning).toMatchObject({
      code: 'hypotheses-changed',
      message: expect.stringContaining('and none was stored') as string,
    });
  });

  it('that changed are told with both hashes, and the report of the run says so', () => {
    const hash = hypothesesHash(declared);
    const run = runOf({ manifest: { hypotheses: declared.slice(1), hypothesesHash: hash } });
    const warning = buildReport(run).warnings.find(({ code }) => code === 'hypotheses-changed');
    expect(warning?.message).toContain(hash.slice(0, 12));
    expect(warning?.message).toContain(hypothesesHash(declared.slice(1)).slice(0, 12));
    expect(warning?.advice).toContain('exploratory');
  });
});
