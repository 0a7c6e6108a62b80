/** The grouped variant: whoever is not told of the registers goes by the leader's word, and without it by its own count. */
import { describe, expect, it } from 'vitest';
import { batchedGrouping } from './config.ts';
import { elect, openStage, readAll, settle } from './stage.fixture.ts';
import type { Stage } from './stage.fixture.ts';

/** The leader has ordered a request, and f+1 hold it. */
function ordered(stage: Stage, client: string): void {
  stage.request(0, client, 1, 'inc');
  stage.commitOne(0);
  stage.notify(1);
  stage.commitOne(1);
}

function openWithLeader(): Stage {
  const stage = openStage(3, 'batched');
  elect(stage, 0);
  return stage;
}

describe('an order with f+1 records', () => {
  it("is executed elsewhere on the leader's word, without a look at the registers", () => {
    const stage = openWithLeader();
    ordered(stage, 'client');
    stage.notify(2);
    expect(stage.executed(2), 'has seen the order only').toBe(1);
    stage.notify(0);
    expect(stage.executed(0)).toBe(2);
    expect(stage.sentKinds(0)).toEqual(['confirm']);
    stage.commitOne(0);
    stage.notify(2);
    expect(stage.executed(2)).toBe(2);
    expect(stage.state(2).heldTo[1], 'of replica 1 it knows nothing new').toBeLessThan(2);
  });

  it('is confirmed by the next ordering transaction when one goes at once', () => {
    const stage = openStage(3, 'batched', { grouping: { ...batchedGrouping, gatherRounds: 0 } });
    elect(stage, 0);
    stage.request(0, 'one', 1, 'inc');
    stage.request(0, 'two', 1, 'inc');
    expect(stage.sentKinds(0)).toEqual(['order', 'order']);
    stage.request(0, 'three', 1, 'inc');
    stage.commitOne(0);
    stage.request(0, 'four', 1, 'inc');
    stage.notify(1);
    stage.commitOne(1);
    stage.notify(0);
    expect(stage.executed(0)).toBe(2);
    expect(stage.sentKinds(0), 'nothing but orders').toEqual(['order', 'order']);
    for (let count = 0; count < 2; count += 1) stage.commitOne(0);
    expect(stage.records('onset/c')).toMatchObject([{ value: '[2]' }]);
  });

  it('is executed by whoever reads the registers when the leader dies before its word', () => {
    const stage = openWithLeader();
    ordered(stage, 'client');
    settle(stage, [1, 2]);
    expect([stage.executed(1), stage.executed(2)], 'with the order itself, its own is the second').toEqual([
      2, 1,
    ]);
    readAll(stage, [1, 2]);
    expect([stage.executed(1), stage.executed(2)]).toEqual([2, 2]);
  });

  it('is confirmed anew when nobody knows what became of the word', () => {
    const stage = openWithLeader();
    ordered(stage, 'client');
    stage.notify(0);
    const lost = stage.effects(0).findLast((effect) => effect.kind === 'commit');
    if (lost?.tag.kind !== 'confirm') throw new Error('the leader did not confirm');
    stage.feed(0, { kind: 'unknown', tag: lost.tag });
    stage.timer(0, 'retry');
    expect(stage.sentKinds(0)).toEqual(['confirm', 'confirm']);
  });
});

describe('a snapshot', () => {
  it('lets whoever has all orders execute them, instead of taking the state over', () => {
    const stage = openStage(3, 'batched', { snapshotEvery: 2 });
    elect(stage, 0);
    ordered(stage, 'client');
    stage.notify(0);
    stage.notify(2);
    while (stage.records('onset/s').length === 0) stage.commitOne(0);
    const [snapshot] = stage.records('onset/s');
    if (snapshot === undefined) throw new Error('no snapshot was written');
    stage.feed(2, { kind: 'watch', batch: { revision: 99, events: [{ kind: 'put', record: snapshot }] } });
    expect(stage.executed(2)).toBe(2);
    expect(stage.effects(2).some(({ kind }) => kind === 'installed')).toBe(false);
  });
});
