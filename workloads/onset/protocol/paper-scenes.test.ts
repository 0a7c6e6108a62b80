/** The scenes of paper `onset`: figures 4(a) and 4(b), the election of section 3.3.1, the outliers of figure 7. */
import { describe, expect, it } from 'vitest';
import { elect, expireTimers, openStage, settle } from './stage.fixture.ts';

describe('figure 4(a): the leader receives the request', () => {
  it('answers after one more record; a replica that hears late writes none', () => {
    const stage = openStage(3, 'plain');
    elect(stage, 0);
    const before = stage.executed(0);
    stage.request(0, 'client', 1, 'inc');
    expect(stage.sentKinds(0)).toEqual(['order']);
    stage.commitOne(0);
    expect(stage.executed(0), 'one record is not f+1').toBe(before);

    stage.notify(1);
    expect(stage.sentKinds(1)).toEqual(['acknowledge']);
    stage.commitOne(1);
    expect(stage.executed(1), 'executes on the answer of the shared memory').toBe(before + 1);

    stage.notify(0);
    expect(stage.executed(0)).toBe(before + 1);
    expect(stage.answers(0).at(-1)).toMatchObject({ client: 'client', sequence: 1, result: 1 });
  });

  it('spares the third replica its record when both notifications come together', () => {
    const stage = openStage(3, 'plain');
    elect(stage, 0);
    stage.request(0, 'client', 1, 'inc');
    stage.commitOne(0);
    stage.notify(1);
    stage.commitOne(1);
    const events = stage.memory.everything().filter(({ key }) => key.startsWith('onset/o/000000000002'));
    stage.feed(2, {
      kind: 'watch',
      batch: { revision: 99, events: events.map((record) => ({ kind: 'put', record })) },
    });
    expect(stage.sentKinds(2)).toEqual([]);
    expect(stage.executed(2)).toBe(2);
    expect(stage.answers(2), 'only the receiving replica answers').toEqual([]);
  });
});

describe('figure 4(b): another replica receives the request', () => {
  it('announces it with order 0, the leader orders it, the receiver answers', () => {
    const stage = openStage(3, 'plain');
    elect(stage, 2);
    stage.request(0, 'client', 1, 'inc');
    expect(stage.sentKinds(0)).toEqual(['arrival']);
    stage.commitOne(0);
    stage.notify(1);
    expect(stage.sentKinds(1), 'not the leader: nothing to do').toEqual([]);
    stage.notify(2);
    expect(stage.sentKinds(2)).toEqual(['order']);
    stage.commitOne(2);
    expect(stage.records('onset/a/'), 'ordered and no longer waiting, at once').toEqual([]);
    stage.notify(0);
    expect(stage.sentKinds(0)).toEqual(['acknowledge']);
    stage.commitOne(0);
    expect(stage.answers(0).at(-1)).toMatchObject({ client: 'client', result: 1, order: 2 });
    settle(stage);
    expect(stage.answers(2)).toEqual([
      { kind: 'answer', client: 'elector', sequence: 1, result: 0, order: 1 },
    ]);
  });
});

describe('section 3.3.1: election', () => {
  it('has no leader before the first request', () => {
    const stage = openStage(3, 'plain');
    for (const replica of [0, 1, 2]) stage.timer(replica, 'leader');
    expect(stage.memory.size()).toBe(0);
    expect(stage.effects(0)).toEqual([]);
  });

  it('takes the first candidate, even where its record is heard of last', () => {
    const stage = openStage(3, 'plain');
    stage.request(1, 'client', 1, 'inc');
    settle(stage);
    stage.waitUntil(1001);
    for (const replica of [1, 2, 0]) {
      stage.timer(replica, 'leader');
      stage.commitOne(replica);
      expect(stage.sentKinds(replica)).toEqual(['candidacy']);
    }
    for (const replica of [1, 2, 0]) stage.commitOne(replica);
    const [ofReplica0] = stage.records('onset/e/');
    if (ofReplica0 === undefined) throw new Error('replica 0 did not stand');
    stage.feed(2, { kind: 'watch', batch: { revision: 9, events: [{ kind: 'put', record: ofReplica0 }] } });
    expect(stage.sentKinds(2), 'knows f+1 and would win by them').toEqual(['count']);
    stage.commitOne(2);
    expect(stage.sentKinds(2), 'the whole set names another').toEqual([]);
    settle(stage);
    expect(stage.state(0).leader).toMatchObject({ epoch: 1, replica: 1 });
    expect(stage.answers(1)).toHaveLength(1);
  });

  it('a lone replica that had stood still can neither depose the leader nor block it', () => {
    const stage = openStage(3, 'plain');
    elect(stage, 0);
    stage.request(0, 'client', 1, 'inc');
    settle(stage, [0, 1]);
    stage.request(2, 'other', 1, 'inc');
    stage.commitOne(2);
    stage.waitUntil(9000);
    stage.timer(2, 'leader');
    stage.commitOne(2);
    stage.commitOne(2);
    expect(stage.records('onset/e/')).toMatchObject([{ key: 'onset/e/000000000002/2' }]);
    settle(stage);
    expect(stage.state(0).tenure).not.toBeNull();
    expect(stage.answers(2)).toHaveLength(1);
  });

  it('goes on to the next epoch when the winner died before its claim', () => {
    const stage = openStage(3, 'plain');
    stage.request(0, 'client', 1, 'inc');
    settle(stage);
    stage.waitUntil(1001);
    stage.timer(0, 'leader');
    stage.commitOne(0);
    stage.commitOne(0, { answered: false });
    for (const atMs of [1001, 2002, 3003]) expireTimers(stage, atMs, [1, 2]);
    expect(stage.state(1).leader).toMatchObject({ epoch: 2, replica: 1 });
  });
});

describe('figure 7: the first requests carry the election', () => {
  it.each([1, 2, 4, 16])('%i clients have exactly that many slow first requests', (clients) => {
    const stage = openStage(3, 'plain');
    const names = Array.from({ length: clients }, (_, index) => `c${index}`);
    for (const [index, name] of names.entries()) stage.request(index % 3, name, 1, 'inc');
    settle(stage);
    expect([0, 1, 2].flatMap((replica) => stage.answers(replica))).toEqual([]);
    stage.waitUntil(1000);
    for (const replica of [0, 1, 2]) stage.timer(replica, 'leader');
    settle(stage);
    expect([0, 1, 2].flatMap((replica) => stage.answers(replica))).toHaveLength(clients);

    for (const [index, name] of names.entries()) stage.request(index % 3, name, 2, 'inc');
    settle(stage);
    expect(
      [0, 1, 2].flatMap((replica) => stage.answers(replica)),
      'no timer needed',
    ).toHaveLength(2 * clients);
  });
});
