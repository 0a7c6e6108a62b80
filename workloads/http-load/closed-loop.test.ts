import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { driveHttpLoad } from './drive.ts';
import type { HttpLoadPlan } from './plan.ts';
import { deadTarget, keepSamples, plainCodec, planFor, startTarget } from './target-server.fixture.ts';

async function drive(plan: HttpLoadPlan, signal = new AbortController().signal) {
  const recorder = keepSamples();
  let measureStarts = 0;
  const onMeasureStart = () => {
    measureStarts += 1;
  };
  const outcome = await driveHttpLoad({ plan, codec: plainCodec, recorder, onMeasureStart, signal });
  return { outcome, samples: recorder.samples, measureStarts };
}

describe('a closed loop', () => {
  it('gives every client its requests, one at a time, over one connection each', async () => {
    await using server = await startTarget();
    const { outcome, samples } = await drive(planFor([server.target], { warmupRequests: 3 }));
    expect(outcome).toMatchObject({ acknowledged: 52, unanswered: 0, resent: 0, stall: null });
    expect(server.connections()).toBe(4);
    expect(new Set(server.seen.map(({ id }) => id)).size).toBe(52);
    for (const client of [0, 1, 2, 3]) {
      const own = samples.filter((sample) => sample.client === client);
      expect(own.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 13 }, (_unused, index) => index),
      );
      own.forEach(({ sendNs }, index) => expect(sendNs).toBeGreaterThanOrEqual(own[index - 1]?.doneNs ?? 0));
    }
  });

  it('records what came back', async () => {
    await using server = await startTarget();
    const { samples } = await drive(planFor([server.target], { clients: 1, requests: 1 }));
    expect(samples).toEqual([
      {
        client: 0,
        sequence: 0,
        replica: 0,
        operation: expect.any(Number) as number,
        phase: 1,
        intendedNs: undefined,
        sendNs: expect.any(Number) as number,
        doneNs: expect.any(Number) as number,
        status: 200,
        bytes: expect.any(Number) as number,
        attempts: 1,
        extra: [3],
      },
    ]);
    expect(samples[0]?.bytes).toBeGreaterThan(50);
  });

  it('sends no measured request before the last warm-up answer, and says once when it begins', async () => {
    await using server = await startTarget(({ connection, id }, response) => {
      setTimeout(() => response.end(id), connection === 0 ? 10 : 0);
    });
    const { outcome, samples, measureStarts } = await drive(planFor([server.target], { warmupRequests: 5 }));
    const warmUp = samples.filter(({ phase }) => phase === 0);
    const measured = samples.filter(({ phase }) => phase === 1);
    const lastWarmUpNs = Math.max(...warmUp.map(({ doneNs }) => doneNs ?? Infinity));
    expect([warmUp.length, measured.length, measureStarts]).toEqual([20, 40, 1]);
    expect(outcome.measureStartNs).toBeGreaterThanOrEqual(lastWarmUpNs);
    expect(Math.min(...measured.map(({ sendNs }) => sendNs))).toBeGreaterThanOrEqual(outcome.measureStartNs);
    expect(outcome.measureEndNs).toBe(Math.max(...measured.map(({ doneNs }) => doneNs ?? Infinity)));
    expect(server.connections()).toBe(4);
  });

  it('draws the same operations from the same seed, whatever the timing', async () => {
    await using server = await startTarget(({ id }, response) => {
      setTimeout(() => response.end(id), Math.random() * 3);
    });
    const operationsOf = async (seed: number) => {
      const { samples } = await drive(planFor([server.target], { seed }));
      return samples.map(({ client, sequence, operation }) => `${client}-${sequence}:${operation}`).sort();
    };
    const once = await operationsOf(11);
    expect(await operationsOf(11)).toEqual(once);
    expect(await operationsOf(12)).not.toEqual(once);
  });

  it('spreads its clients over the targets in turn', async () => {
    await using one = await startTarget();
    await using two = await startTarget(undefined, 'replica-2');
    await drive(planFor([one.target, two.target]));
    expect([one.connections(), two.connections()]).toEqual([2, 2]);
  });

  it('keeps a client that has finished its warm-up connected for longer than the request time-out', async () => {
    await using server = await startTarget(({ connection, id }, response) => {
      setTimeout(() => response.end(id), connection === 0 ? 120 : 0);
    });
    const plan = planFor([server.target], {
      clients: 2,
      warmupRequests: 4,
      requests: 1,
      requestTimeoutMs: 200,
    });
    const { outcome } = await drive(plan);
    expect(outcome).toMatchObject({ acknowledged: 10, resent: 0 });
    expect(server.connections()).toBe(2);
  });

  it('connects a resting client again whose connection the server has closed, and loses no request', async () => {
    await using server = await startTarget(({ id, connection }, response, { socket }) => {
      setTimeout(() => response.end(id, () => connection === 1 && socket.end()), connection === 0 ? 80 : 0);
    });
    const plan = planFor([server.target], { clients: 2, warmupRequests: 1, requests: 1 });
    const { outcome } = await drive(plan);
    expect(outcome).toMatchObject({ acknowledged: 4, unanswered: 0, resent: 0 });
    expect(server.connections()).toBe(3);
  });

  it('refuses a plan that cannot be driven', async () => {
    const plan = planFor([], {});
    await expect(drive(plan)).rejects.toMatchObject({ code: 'STRATA-E530' });
  });
});

describe('a closed loop in trouble', () => {
  it('sends a request that timed out again, under its id, to the next target', async () => {
    await using silent = await startTarget(() => undefined, 'replica-silent');
    await using sound = await startTarget();
    const plan = planFor([silent.target, sound.target], { clients: 1, requests: 3, requestTimeoutMs: 60 });
    const { outcome, samples } = await drive(plan);
    expect(outcome).toMatchObject({ acknowledged: 3, resent: 1, unanswered: 0 });
    expect(silent.seen.map(({ id }) => id)).toEqual(['0-0']);
    expect(sound.seen.map(({ id }) => id)).toEqual(['0-0', '0-1', '0-2']);
    expect(samples.map(({ attempts }) => attempts)).toEqual([2, 1, 1]);
    const waitedNs = (samples[0]?.doneNs ?? 0) - (samples[0]?.sendNs ?? 0);
    expect(waitedNs).toBeGreaterThan(55e6);
  });

  it('passes over a target that refuses connections, without counting an attempt', async () => {
    const dead = await deadTarget();
    await using sound = await startTarget();
    const { outcome, samples } = await drive(planFor([dead, sound.target]));
    expect(outcome).toMatchObject({ acknowledged: 40, resent: 0 });
    expect(samples.every(({ attempts }) => attempts === 1)).toBe(true);
  });

  it('goes on at the next target when one dies, answering every request once', async () => {
    await using survivor = await startTarget();
    await using victim = await startTarget((request, response) => {
      if (request.id.endsWith('-20')) {
        victim.server.close();
        victim.server.closeAllConnections();
      } else response.end(request.id);
    }, 'replica-2');
    const { outcome, samples } = await drive(planFor([survivor.target, victim.target], { requests: 50 }));
    expect(outcome).toMatchObject({ acknowledged: 200, unanswered: 0, stall: null });
    expect(outcome.resent).toBeGreaterThan(0);
    expect(new Set(samples.map(({ client, sequence }) => `${client}-${sequence}`)).size).toBe(200);
  });

  it('sends a request answered 5xx again elsewhere, and records any other status as the answer', async () => {
    await using failing = await startTarget(
      (_request, response) => response.writeHead(503).end(),
      'replica-1',
    );
    await using refusing = await startTarget(
      (_request, response) => response.writeHead(404).end('no'),
      'replica-2',
    );
    const plan = planFor([failing.target, refusing.target], { clients: 1, requests: 2 });
    const { outcome, samples } = await drive(plan);
    expect(samples.map(({ status, attempts, sequence }) => [sequence, status, attempts])).toEqual([
      [0, 404, 2],
      [1, 404, 1],
    ]);
    expect(outcome).toMatchObject({ acknowledged: 2, resent: 1 });
  });

  it('reads the next answer rightly after one that broke off in the middle', async () => {
    let broken = false;
    await using server = await startTarget(({ id }, response, { socket }) => {
      if (broken) {
        response.end(id);
        return;
      }
      broken = true;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.destroy());
    });
    const { samples } = await drive(planFor([server.target], { clients: 1, requests: 2 }));
    expect(samples.map(({ sequence, attempts, extra }) => [sequence, attempts, extra])).toEqual([
      [0, 2, [3]],
      [1, 1, [3]],
    ]);
  });

  it('reports a stall with what each target does, and keeps the unanswered requests', async () => {
    await using silent = await startTarget(({ id }, response) => {
      if (Number(id.split('-')[1]) < 2) response.end(id);
    });
    const dead = await deadTarget('replica-2');
    const plan = planFor([silent.target, dead], { clients: 2, requestTimeoutMs: 60, stallTimeoutMs: 300 });
    const { outcome, samples } = await drive(plan);
    expect(outcome.stall?.outstanding).toBe(2);
    expect(outcome.stall?.silentMs).toBeGreaterThanOrEqual(300);
    expect(outcome.stall?.lastAnswerNs).toBe(Math.max(...samples.map(({ doneNs }) => doneNs ?? 0)));
    expect(outcome.stall?.observations[0]).toMatch(
      /^replica-1 127\.0\.0\.1:\d+: accepts connections; 4 answers, the last 0\.\d s ago; \d+ time-outs/,
    );
    expect(outcome.stall?.observations[1]).toMatch(
      /^replica-2 127\.0\.0\.1:\d+: connection refused; never answered; \d+ broken connections, the last by ECONNREFUSED/,
    );
    expect(outcome).toMatchObject({ acknowledged: 4, unanswered: 2 });
    expect(samples.filter(({ status }) => status === 0)).toEqual([
      expect.objectContaining({ sequence: 2, doneNs: undefined, replica: undefined, phase: 1 }),
      expect.objectContaining({ sequence: 2, doneNs: undefined, replica: undefined, phase: 1 }),
    ]);
  });

  it('does not spin when nothing listens anywhere', async () => {
    const plan = planFor([await deadTarget()], { clients: 1, stallTimeoutMs: 1000 });
    const { outcome } = await drive(plan);
    const [, attempts] = /(\d+) broken connections/.exec(outcome.stall?.observations[0] ?? '') ?? [];
    expect(Number(attempts)).toBeGreaterThan(2);
    expect(Number(attempts)).toBeLessThan(15);
    expect(outcome).toMatchObject({ acknowledged: 0, unanswered: 0, measureStartNs: outcome.measureEndNs });
  });

  it('stops with the reason of the signal', async () => {
    await using server = await startTarget(() => undefined);
    const controller = new AbortController();
    const driven = drive(planFor([server.target]), controller.signal);
    await sleep(50);
    controller.abort(new Error('the user has gone'));
    await expect(driven).rejects.toThrow('the user has gone');
    await sleep(50);
    expect(
      await new Promise((resolve) => server.server.getConnections((_error, open) => resolve(open))),
    ).toBe(0);
  });
});
