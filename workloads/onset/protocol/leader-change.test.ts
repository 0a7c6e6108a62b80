/** What the paper leaves open: one order never carries two requests, and no request executes twice. */
import { describe, expect, it } from 'vitest';
import { elect, expireTimers, openStage, settle } from './stage.fixture.ts';
import type { Stage } from './stage.fixture.ts';

/** The replicas that are still there elect anew, in this order. */
function electAnew(stage: Stage, alive: readonly number[], atMs: number): void {
  settle(stage, alive);
  for (let ms = atMs; ms < atMs + 6000; ms += 1001) expireTimers(stage, ms, alive);
}

describe.each(['plain', 'batched'] as const)('%s: a leader change', (variant) => {
  it('fences off what the old leader had sent', () => {
    const stage = openStage(3, variant);
    elect(stage, 0);
    stage.request(0, 'slow', 1, 'inc');
    expect(stage.sentKinds(0)).toEqual(['order']);
    stage.request(1, 'client', 1, 'inc');
    electAnew(stage, [1, 2], 3000);
    expect(stage.state(1).leader.replica).toBe(1);
    stage.commitOne(0);
    stage.notify(0);
    expect(stage.state(0).tenure).toBeNull();
    settle(stage);
    stage.timer(0, 'acknowledge');
    settle(stage);
    expect(stage.answers(0).at(-1), 'announced by its receiver, ordered by the new leader').toMatchObject({
      client: 'slow',
      order: 3,
    });
  });

  it('keeps an order whose answer was lost, and gives the request no second one', () => {
    const stage = openStage(3, variant);
    elect(stage, 0);
    stage.request(0, 'client', 1, 'inc');
    stage.commitOne(0, { answered: false });
    stage.request(1, 'client', 1, 'inc');
    stage.request(2, 'other', 1, 'inc');
    electAnew(stage, [1, 2], 3000);
    expect(stage.state(1).executedRequests).toBe(3);
    expect(stage.answers(1).at(-1)).toMatchObject({ client: 'client', result: 1, order: 2 });
  });

  it('answers a request that was executed before it came here, with the same result', () => {
    const stage = openStage(3, variant);
    elect(stage, 0);
    stage.request(0, 'client', 1, 'inc');
    settle(stage);
    stage.timer(2, 'acknowledge');
    settle(stage);
    stage.request(0, 'other', 1, 'inc');
    settle(stage);
    stage.request(2, 'client', 1, 'inc');
    expect(stage.effects(2).at(-1)).toEqual({
      kind: 'answer',
      client: 'client',
      sequence: 1,
      result: 1,
      order: 2,
    });
    expect(stage.sentKinds(2)).toEqual([]);
  });
});

describe('a gap in the orders', () => {
  it('is filled with a no-op when its writer and its client are gone, though nobody has an unordered request', () => {
    const stage = openStage(3, 'plain');
    elect(stage, 0);
    stage.request(0, 'gone', 1, 'inc');
    stage.request(0, 'client', 1, 'inc');
    const sent = stage
      .effects(0)
      .filter((effect) => effect.kind === 'commit')
      .at(-1);
    if (sent === undefined) throw new Error('the leader sent nothing');
    const { commit, events } = stage.memory.apply(sent.transaction);
    expect(commit.succeeded).toBe(true);
    for (const replica of [1, 2])
      stage.feed(replica, { kind: 'watch', batch: { revision: commit.revision, events } });
    electAnew(stage, [1, 2], 3000);
    const executed = stage.effects(1).filter((effect) => effect.kind === 'executed');
    expect(executed.map(({ order, client }) => [order, client])).toEqual([
      [1, 'elector'],
      [2, ''],
      [3, 'client'],
    ]);
  });
});

describe('a replica that missed everything', () => {
  it('installs the snapshot, then executes what follows, and has the same log hash', () => {
    const stage = openStage(3, 'plain', { snapshotEvery: 4 });
    elect(stage, 0);
    for (let sequence = 1; sequence <= 10; sequence += 1) {
      stage.request(0, 'client', sequence, 'inc');
      settle(stage, [0, 1]);
    }
    expect(stage.records('onset/o/').length).toBeLessThanOrEqual(2 * 4);
    stage.feed(2, { kind: 'synced', revision: stage.memory.revision(), records: stage.memory.everything() });
    settle(stage);
    expect(stage.effects(2).some(({ kind }) => kind === 'installed')).toBe(true);
    expect(stage.state(2).hash).toEqual(stage.state(0).hash);
    expect(stage.state(2)).toMatchObject({ counter: 10, executed: 11, executedRequests: 11 });
  });

  it('stops when the shared memory holds two requests at one order', () => {
    const stage = openStage(3, 'plain');
    const record = (replica: number, client: string) => ({
      key: `onset/o/000000000001/${replica}`,
      value: JSON.stringify([1, 1, client, 1, 'inc']),
      createRevision: 1,
      modRevision: 1,
    });
    const records = [record(0, 'one'), record(1, 'other')];
    expect(() => {
      stage.feed(2, { kind: 'synced', revision: 1, records });
    }).toThrow('Order 1 carries two requests: one#1 and other#1');
  });
});
