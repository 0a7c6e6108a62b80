import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconnectPauseMs } from './connection.ts';
import { checkPlan, firstTargets, operationStream } from './plan.ts';
import { randomStream } from './random.ts';
import { planFor } from './target-server.fixture.ts';

const targets = ['a', 'b', 'c'].map((name, index) => ({ name, host: '127.0.0.1', port: 7000 + index }));

describe('operations', () => {
  it('follow the weights, and an operation of weight 0 is never drawn', () => {
    const operations = [
      { name: 'get', weight: 3 },
      { name: 'never', weight: 0 },
      { name: 'inc', weight: 1 },
    ];
    const draw = operationStream(planFor(targets, { operations }), 5);
    const drawn = Array.from({ length: 20_000 }, draw);
    const share = (operation: number) => drawn.filter((one) => one === operation).length / drawn.length;
    expect(share(0)).toBeCloseTo(0.75, 1);
    expect(share(1)).toBe(0);
    expect(share(2)).toBeCloseTo(0.25, 1);
  });

  it('differ between clients and between seeds, also beyond 32 bits', () => {
    const stream = (seed: number, client: number) =>
      Array.from({ length: 64 }, operationStream(planFor(targets, { seed }), client)).join('');
    const streams = [stream(1, 0), stream(1, 1), stream(2, 0), stream(1 + 2 ** 32, 0), stream(1, 2 ** 20)];
    expect(new Set(streams).size).toBe(5);
    expect(stream(1, 0)).toBe(streams[0]);
  });
});

describe('random streams', () => {
  it('are uniform in [0, 1) and uncorrelated between neighbours', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(1000), (seed, stream) => {
        const one = Array.from({ length: 2000 }, randomStream(seed, stream));
        const next = Array.from({ length: 2000 }, randomStream(seed, stream + 1));
        const mean = one.reduce((sum, value) => sum + value, 0) / one.length;
        const product = one.reduce(
          (sum, value, index) => sum + (value - 0.5) * ((next[index] ?? 0) - 0.5),
          0,
        );
        expect(Math.min(...one)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...one)).toBeLessThan(1);
        expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
        expect(Math.abs((12 * product) / one.length)).toBeLessThan(0.15);
      }),
      { numRuns: 50 },
    );
  });
});

describe('first targets', () => {
  it('go round in turn, or fall as the seed has it', () => {
    expect(firstTargets(planFor(targets, { clients: 5 }))).toEqual([0, 1, 2, 0, 1]);
    const random = firstTargets(planFor(targets, { clients: 600, balance: 'random' }));
    expect(firstTargets(planFor(targets, { clients: 600, balance: 'random' }))).toEqual(random);
    for (const target of [0, 1, 2]) {
      const share = random.filter((one) => one === target).length;
      expect(share).toBeGreaterThan(140);
      expect(share).toBeLessThan(260);
    }
  });
});

describe('a plan', () => {
  it('that cannot be driven is refused with what it lacks', () => {
    const refusal = (changes: Parameters<typeof planFor>[1]) => () => checkPlan(planFor(targets, changes));
    expect(refusal({ clients: 0 })).toThrow('clients ≥ 1');
    expect(refusal({ requests: 0.5 })).toThrow('requests ≥ 1');
    expect(refusal({ load: { kind: 'open', ratePerS: 0 } })).toThrow('a rate above 0');
    expect(refusal({ operations: [{ name: 'get', weight: 0 }] })).toThrow('operation weights');
    expect(refusal({ requestTimeoutMs: NaN })).toThrow('requestTimeoutMs > 0');
    expect(refusal({})).not.toThrow();
  });
});

describe('the pause before connecting again', () => {
  it('is none while untried targets remain, then grows to four attempts a second', () => {
    const pauses = Array.from({ length: 12 }, (_unused, index) => reconnectPauseMs(index + 1, 3));
    expect(pauses).toEqual([0, 0, 10, 20, 40, 80, 160, 250, 250, 250, 250, 250]);
  });
});
