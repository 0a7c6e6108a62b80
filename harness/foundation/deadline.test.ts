import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { observeWaits, waitFor, withDeadline, type Wait, type WaitingMessage } from './deadline.ts';
import { StrataError } from './errors.ts';

const wait = (changes: Partial<Wait> = {}): Wait => ({
  ...{ what: 'the kettle', timeoutMs: 60, signal: new AbortController().signal },
  ...{ code: 'STRATA-E400', fix: 'plug it in', intervalMs: 5 },
  ...changes,
});

describe('waiting for something', () => {
  it('ends with what the attempt gives', async () => {
    let attempts = 0;
    const outcome = await waitFor(wait({ timeoutMs: 5_000 }), () => {
      attempts += 1;
      return Promise.resolve(attempts === 3 ? 'tea' : undefined);
    });
    expect([outcome, attempts]).toEqual(['tea', 3]);
  });

  it('says at the deadline what for, how long, where the log is, and why the last attempt failed', async () => {
    const refused = new Error('connection refused');
    const error: unknown = await waitFor(wait({ log: '/tmp/k.log' }), () => Promise.reject(refused)).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StrataError);
    expect(error).toMatchObject({
      code: 'STRATA-E400',
      cause: refused,
      log: '/tmp/k.log',
      fix: 'plug it in',
    });
    expect((error as Error).message).toMatch(/^waited 0\.\d s \(limit 0\.1 s\) for the kettle$/);
  });

  it('does not try again after an error that is already told in full', async () => {
    const told = new StrataError({ code: 'STRATA-E401', message: 'no', fix: 'yes' });
    let attempts = 0;
    const waiting = waitFor(wait({ timeoutMs: 5_000 }), () => {
      attempts += 1;
      return Promise.reject(told);
    });
    await expect(waiting).rejects.toBe(told);
    expect(attempts).toBe(1);
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('called off');
    const waiting = waitFor(wait({ timeoutMs: 5_000, signal: AbortSignal.abort(reason) }), () =>
      Promise.resolve(undefined),
    );
    await expect(waiting).rejects.toBe(reason);
  });

  it('is heard of once it lasts a second', async () => {
    const heard: WaitingMessage[] = [];
    {
      using _observer = observeWaits((message) => heard.push(message));
      const endsMs = performance.now() + 1_200;
      await waitFor(wait({ timeoutMs: 5_000, what: 'the slow kettle' }), () =>
        Promise.resolve(performance.now() > endsMs ? true : undefined),
      );
    }
    const own = heard.filter(({ what }) => what === 'the slow kettle');
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ limitMs: 5_000, log: null });
  });
});

describe('work with a deadline', () => {
  it('gives what the work gives', async () => {
    expect(await withDeadline(wait(), () => Promise.resolve(7))).toBe(7);
  });

  it('aborts the work and fails at the deadline', async () => {
    let seen: AbortSignal | undefined;
    const working = withDeadline(wait(), async (signal) => {
      seen = signal;
      await sleep(5_000, undefined, { signal });
    });
    await expect(working).rejects.toMatchObject({ code: 'STRATA-E400' });
    expect(seen?.aborted).toBe(true);
  });

  it('fails at once with the reason of a signal that is already aborted', async () => {
    const reason = new Error('too late');
    const working = withDeadline(wait({ signal: AbortSignal.abort(reason) }), () => sleep(5_000));
    await expect(working).rejects.toBe(reason);
  });
});
