import { describe, expect, it } from 'vitest';
import type { Sample } from '../../results/sample/sample.ts';
import { driveHttpLoad } from './drive.ts';
import type { HttpLoadPlan } from './plan.ts';
import { deadTarget, keepSamples, plainCodec, planFor, startTarget } from './target-server.fixture.ts';

async function drive(plan: HttpLoadPlan) {
  const recorder = keepSamples();
  const signal = new AbortController().signal;
  const onMeasureStart = () => undefined;
  const outcome = await driveHttpLoad({ plan, codec: plainCodec, recorder, onMeasureStart, signal });
  return { outcome, samples: recorder.samples };
}

const open = (ratePerS: number): Pick<HttpLoadPlan, 'load'> => ({ load: { kind: 'open', ratePerS } });

const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
const quantile = (values: readonly number[], q: number) =>
  sorted(values)[Math.floor(values.length * q)] ?? NaN;
const latencyMs = ({ doneNs, intendedNs }: Sample) => ((doneNs ?? NaN) - (intendedNs ?? NaN)) / 1e6;
const serviceMs = ({ doneNs, sendNs }: Sample) => ((doneNs ?? NaN) - sendNs) / 1e6;

describe('an open loop', () => {
  it('intends its requests at the rate, from the start of each phase', async () => {
    await using server = await startTarget();
    const plan = planFor([server.target], { ...open(400), warmupRequests: 5, requests: 20 });
    const { outcome, samples } = await drive(plan);
    expect(outcome).toMatchObject({ acknowledged: 100, unanswered: 0, resent: 0, stall: null });
    expect(outcome.driver.neverSent).toBe(0);
    const measured = samples.filter(({ phase }) => phase === 1);
    const intended = sorted(measured.map(({ intendedNs }) => intendedNs ?? NaN));
    expect(intended).toEqual(intended.map((_ns, k) => (intended[0] ?? NaN) + k * 2_500_000));
    expect(measured.every(({ sendNs, intendedNs }) => sendNs >= (intendedNs ?? Infinity))).toBe(true);
    expect(outcome.measureStartNs).toBeLessThanOrEqual(intended[0] ?? NaN);
  });

  it('gives every connection its share and numbers the requests of each', async () => {
    await using server = await startTarget();
    const { samples } = await drive(planFor([server.target], { ...open(500), clients: 4, requests: 25 }));
    for (const client of [0, 1, 2, 3]) {
      const own = samples.filter((sample) => sample.client === client).map(({ sequence }) => sequence);
      expect(own).toEqual(own.map((_sequence, index) => index));
      expect(own.length).toBeGreaterThan(12);
    }
    expect(new Set(server.seen.map(({ id }) => id)).size).toBe(100);
  });

  it('charges a stall of the server to every request that was due in it', async () => {
    const stallMs = 300;
    let stalled = false;
    const held: (() => void)[] = [];
    let count = 0;
    await using server = await startTarget(({ id }, response) => {
      count += 1;
      if (count === 300) {
        stalled = true;
        setTimeout(() => {
          stalled = false;
          for (const release of held) release();
        }, stallMs);
      }
      if (stalled) held.push(() => response.end(id));
      else response.end(id);
    });
    // 3 s at 500/s with one stall of 0.3 s, a tenth of the time: the worst hundredth waited 0.27 to 0.3 s.
    const { samples } = await drive(planFor([server.target], { ...open(500), clients: 8, requests: 187 }));
    const latency = samples.map(latencyMs);
    expect(quantile(latency, 0.99)).toBeGreaterThan(0.85 * stallMs);
    expect(quantile(latency, 0.99)).toBeLessThan(stallMs + 150);
    expect(latency.filter((ms) => ms > stallMs / 2).length).toBeGreaterThan(0.8 * (stallMs / 2) * 0.5);
    // Only the requests that were out feel it in their service time.
    expect(samples.filter((sample) => serviceMs(sample) > stallMs / 2).length).toBeLessThanOrEqual(8);
  });

  it('is not held up by one connection that waits for a slow answer', async () => {
    await using server = await startTarget(({ id }, response) => {
      setTimeout(() => response.end(id), id === '0-0' ? 1500 : 0);
    });
    const { samples } = await drive(planFor([server.target], { ...open(200), clients: 4, requests: 25 }));
    const slow = samples.filter((sample) => latencyMs(sample) > 750);
    expect(slow.map(({ client, sequence }) => `${client}-${sequence}`)).toEqual(['0-0']);
  });

  it('reports what is due and cannot be sent as outstanding when nobody answers', async () => {
    const plan = planFor([await deadTarget()], { ...open(100), stallTimeoutMs: 200 });
    expect((await drive(plan)).outcome.stall?.observations[0]).toMatch(/connection refused; never answered/);
    await using silent = await startTarget(() => undefined);
    const { outcome } = await drive(planFor([silent.target], { ...open(200), stallTimeoutMs: 200 }));
    expect(outcome.stall?.outstanding).toBeGreaterThan(20);
    expect(outcome.unanswered).toBe(4);
  });

  it('counts what was due and never sent, which has no sample', async () => {
    await using silent = await startTarget(() => undefined);
    const plan = planFor([silent.target], { ...open(200), requests: 1000, stallTimeoutMs: 200 });
    const { outcome, samples } = await drive(plan);
    const due = Math.floor((outcome.measureEndNs - outcome.measureStartNs) / 5e6);
    expect(samples).toHaveLength(4);
    expect(outcome.driver.neverSent).toBeGreaterThanOrEqual(due - 4);
    expect(outcome.driver.neverSent).toBeLessThan(due + 40);
  });

  it('counts nothing as due before all connections were up once', async () => {
    const { outcome } = await drive(planFor([await deadTarget()], { ...open(100), stallTimeoutMs: 200 }));
    expect(outcome.driver.neverSent).toBe(0);
  });

  it('does not take a low rate for a stall', async () => {
    await using server = await startTarget();
    const plan = planFor([server.target], { ...open(4), clients: 1, requests: 3, stallTimeoutMs: 120 });
    expect((await drive(plan)).outcome).toMatchObject({ acknowledged: 3, stall: null });
  });
});
