import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { judgeHypotheses } from './judge.ts';
import { hypothesis, onDisk, onRam, stored, type Measured } from './verdict.fixture.ts';

const slow = [100, 104, 97, 101, 99, 102];
const times = (factor: number) => slow.map((value, index) => value * factor * (1 + 0.01 * ((index % 3) - 1)));
const arms = (factor: number): Measured[] => [
  { cell: onRam, throughputs: times(factor) },
  { cell: onDisk, throughputs: slow },
];
function judge(measured: readonly Measured[], ...claims: readonly Partial<Hypothesis>[]) {
  const { plan, records } = stored(measured);
  const all = (claims.length === 0 ? [{}] : claims).map((claim, index) =>
    hypothesis({ id: `h${index}`, ...claim }),
  );
  return judgeHypotheses(all, plan, records);
}
const verdicts = (...given: Parameters<typeof judge>) => judge(...given).map(({ verdict }) => verdict);

describe('a margin', () => {
  it('is supported well beyond it, refuted well before it, inconclusive at it', () => {
    expect(verdicts(arms(2))).toEqual(['supported']);
    expect(verdicts(arms(1.1))).toEqual(['refuted']);
    expect(verdicts(arms(1.5))).toEqual(['inconclusive']);
  });

  it('comes with the ratio, its interval, what could be seen and what would decide it', () => {
    const [result] = judge(arms(1.52));
    expect(result).toMatchObject({ verdict: 'inconclusive', n: 12 });
    expect(result?.estimate).toBeCloseTo(1.52, 2);
    expect(result?.minimumDetectableRatio).toBeGreaterThan(1.5);
    expect(result?.trialsToDecide).toBeGreaterThan(6);
    expect(result?.because).toMatch(/^ratio 1\.52 \(90 % CI .*about \d+ trials a cell would decide it/);
  });

  it('of what is better low is the other way round', () => {
    expect(verdicts(arms(0.4), { claim: 'at-most', margin: 0.5 })).toEqual(['supported']);
    expect(verdicts(arms(0.8), { claim: 'at-most', margin: 0.5 })).toEqual(['refuted']);
  });
});

describe('pairing', () => {
  const drifting = slow.map((value, block) => value * 1.3 ** block);
  const measured = (factor: number): Measured[] => [
    { cell: onRam, throughputs: drifting.map((value, block) => value * factor * (1 + 0.01 * (block % 3))) },
    { cell: onDisk, throughputs: drifting },
  ];

  it('within blocks sees through a drift that hides the same ratio from independent arms', () => {
    for (const claim of [
      { claim: 'at-least', margin: 1.1 },
      { claim: 'differs', margin: 1 },
      { claim: 'equivalent', margin: 1.3 },
    ] as const) {
      expect(verdicts(measured(1.2), claim)).toEqual(['inconclusive']);
      expect(verdicts(measured(1.2), { ...claim, pairing: 'blocks' })).toEqual(['supported']);
    }
  });

  it('counts the trials that would decide it in pairs', () => {
    const scattered = measured(1.45).map(({ cell, throughputs }, arm) => ({
      cell,
      throughputs: throughputs.map((value, block) => value * (1 + 0.1 * (((block + arm) % 3) - 1))),
    }));
    const [paired] = judge(scattered, { pairing: 'blocks' });
    const [independent] = judge(scattered);
    expect([paired?.verdict, independent?.verdict]).toEqual(['inconclusive', 'inconclusive']);
    expect(paired?.trialsToDecide).toBeGreaterThan(6);
    expect(paired?.trialsToDecide).toBeLessThan((independent?.trialsToDecide ?? 0) / 10);
  });

  it('needs two blocks with both arms', () => {
    const [alone] = judge(
      measured(2).map((arm, index) => ({ ...arm, throughputs: arm.throughputs.slice(0, 1 + index) })),
      { pairing: 'blocks' },
    );
    expect(alone).toMatchObject({ verdict: 'unknown' });
    expect(alone?.because).toContain('1 of the blocks holds both arms; a spread needs 2');
  });
});

describe('other claims', () => {
  it('a difference is found or not; that none was found refutes nothing', () => {
    const differs = { claim: 'differs', margin: 1 } as const;
    expect(verdicts(arms(1.3), differs)).toEqual(['supported']);
    expect(verdicts(arms(1.001), differs)).toEqual(['inconclusive']);
  });

  it('sameness is shown within the margin and refuted beyond either end', () => {
    const same = { claim: 'equivalent', margin: 1.1 } as const;
    expect(verdicts(arms(1), same)).toEqual(['supported']);
    expect(verdicts(arms(1.4), same)).toEqual(['refuted']);
    expect(verdicts(arms(0.7), same)).toEqual(['refuted']);
    expect(verdicts(arms(1.09), same)).toEqual(['inconclusive']);
  });

  it('steps must all hold, and one that does not is enough', () => {
    const chain = (...factors: number[]): Measured[] =>
      factors.map((factor, index) => ({
        cell: { ...onRam, replicas: 2 * index + 1 },
        throughputs: times(factor),
      }));
    const steps = { claim: 'steps', margin: 0.8, treatment: {}, baseline: {} } as const;
    expect(verdicts(chain(1, 0.95, 0.9), steps)).toEqual(['supported']);
    expect(verdicts(chain(1, 0.95, 0.5), steps)).toEqual(['refuted']);
    const [open] = judge(chain(1, 0.8, 0.79), steps);
    expect(open?.verdict).toBe('inconclusive');
    expect(open?.comparisons.map(({ label }) => label)).toEqual(['1 → 3 replicas', '3 → 5 replicas']);
    expect(verdicts(chain(1, 0.5, 0.49), { ...steps, treatment: { replicas: [3, 5] } })).toEqual([
      'supported',
    ]);
  });

  it('completion is a census', () => {
    const completes = { claim: 'completes', metric: null, margin: 1, baseline: {} } as const;
    const { plan, records } = stored(arms(2));
    const of = (changed: readonly TrialRecord[]) =>
      judgeHypotheses([hypothesis(completes)], plan, changed)[0];
    expect(of(records)).toMatchObject({ verdict: 'supported', n: 6, p: null });
    expect(of(records)?.because).toContain('up to 40 % of failures could have stayed unseen');
    expect(of(records.slice(1))?.verdict).toBe('unknown');
    const failed = records.map((record, index) =>
      index === 0 ? { ...record, status: 'failed' as const } : record,
    );
    expect(of(failed)?.verdict).toBe('refuted');
  });
});

describe('what cannot be judged', () => {
  const { plan, records } = stored(arms(2));
  const with0 = (change: Partial<TrialRecord>) =>
    judgeHypotheses(
      [hypothesis()],
      plan,
      records.map((record, index) => (index === 0 ? { ...record, ...change } : record)),
    )[0];

  it('one wrong answer in an arm, repeated since or not, is never support', () => {
    const wrong = { verification: { correct: false, statement: 'looked', problems: [], facts: {} } };
    expect(with0(wrong)).toMatchObject({ verdict: 'unknown', p: null });
    expect(with0(wrong)?.because).toContain('wrong answers in 1 trial of the treatment');
    const [first] = records;
    const repeated =
      first === undefined ? records : [{ ...first, ...wrong, status: 'failed' as const }, ...records];
    expect(judgeHypotheses([hypothesis()], plan, repeated)[0]?.verdict).toBe('unknown');
  });

  it('neither are answers nobody checked', () => {
    expect(with0({ verification: null })?.verdict).toBe('unknown');
  });

  it('invalid trials are left out; without any there is nothing to say', () => {
    expect(with0({ invalid: ['driver saturated'] })).toMatchObject({ verdict: 'supported', n: 11 });
    const none = records.map((record) => ({ ...record, invalid: ['driver saturated'] }));
    expect(judgeHypotheses([hypothesis()], plan, none)[0]).toMatchObject({ verdict: 'unknown', n: 0 });
  });

  it('a single trial and constant figures are unknown, in words', () => {
    const [single] = judge(arms(2).map((arm) => ({ ...arm, throughputs: arm.throughputs.slice(0, 1) })));
    expect(single?.because).toContain('the treatment has 1 trial');
    const [constant] = judge(arms(2).map((arm) => ({ ...arm, throughputs: [5, 5, 5] })));
    expect(constant).toMatchObject({ verdict: 'unknown', estimate: null });
  });
});

describe('families', () => {
  it('are corrected together, whatever else is declared', () => {
    const [alone] = judge(arms(1.54));
    const [first, , other] = judge(arms(1.54), {}, { margin: 1.6 }, { family: 'other' });
    expect(alone?.pAdjusted).toBe(alone?.p);
    expect(first?.pAdjusted).toBeCloseTo(2 * (alone?.p ?? 1), 12);
    expect(other?.pAdjusted).toBe(alone?.p);
  });

  it('count what could not be tested', () => {
    const [first] = judge(arms(1.54), {}, { treatment: { store: ['ram'], replicas: [15] } });
    expect(first?.pAdjusted).toBeCloseTo(2 * (first?.p ?? 1), 12);
  });
});

describe('properties', () => {
  const values = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 3, maxLength: 8 });

  it('changing the names of the arms inverts ratio and claim, and nothing else', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 0.5, max: 2, noNaN: true }), (ram, disk, margin) => {
        const measured = [
          { cell: onRam, throughputs: ram },
          { cell: onDisk, throughputs: disk },
        ];
        const arm = { treatment: { store: ['disk'] }, baseline: { store: ['ram'] } } as const;
        const [one] = judge(measured, { margin });
        const [other] = judge(measured, { ...arm, claim: 'at-most', margin: 1 / margin });
        expect(other?.verdict).toBe(one?.verdict);
        if (one?.estimate === null || one === undefined) return;
        expect((other?.estimate ?? 0) * one.estimate).toBeCloseTo(1, 9);
        expect(other?.p).toBeCloseTo(one.p ?? -1, 9);
      }),
      { numRuns: 20 },
    );
  });

  it('cells that a claim does not speak of change nothing', () => {
    fc.assert(
      fc.property(values, (others) => {
        const more = [...arms(1.6), { cell: { ...onRam, replicas: 5 }, throughputs: others }];
        expect(judge(more, { treatment: { store: ['ram'], replicas: [onRam.replicas] } })).toEqual(
          judge(arms(1.6), { treatment: { store: ['ram'], replicas: [onRam.replicas] } }),
        );
      }),
      { numRuns: 10 },
    );
  });
});
