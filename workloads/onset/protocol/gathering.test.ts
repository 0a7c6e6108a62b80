/** The grouped variant waits for clients that are expected back, and only for those, and never for long. */
import { describe, expect, it } from 'vitest';
import { batchedGrouping } from './config.ts';
import { elect, expireTimers, openStage, readAll, settle } from './stage.fixture.ts';
import type { Stage } from './stage.fixture.ts';

const names = ['one', 'two', 'three'];

/** Clients of a closed loop with the leader of one replica: each asks under its next number. */
function openWithClients() {
  const stage = openStage(1, 'batched', { grouping: { ...batchedGrouping, maxOrdersInFlight: 1 } });
  elect(stage, 0);
  const asked = new Map<string, number>();
  const ask = (...who: readonly string[]) => {
    for (const name of who) {
      asked.set(name, (asked.get(name) ?? 0) + 1);
      stage.request(0, name, asked.get(name) ?? 0, 'inc');
    }
  };
  // The first goes alone; the others wait for it, and it comes back: from now on the three are one group.
  ask(...names);
  stage.commitOne(0);
  ask('one');
  expect(lastGroup(stage)).toEqual(['two', 'three', 'one']);
  stage.commitOne(0);
  return { stage, ask };
}

/** Clients in the last group that the leader has ordered. */
function lastGroup(stage: Stage): readonly (string | undefined)[] {
  const orders = stage
    .effects(0)
    .flatMap((effect) => (effect.kind === 'commit' && effect.tag.kind === 'order' ? [effect.tag] : []));
  return orders.at(-1)?.entries.map(({ client }) => client?.id) ?? [];
}

describe('a group of requests', () => {
  it('goes when the last of the expected clients is back, and not before', () => {
    const { stage, ask } = openWithClients();
    ask('one', 'two');
    expect(stage.sentKinds(0)).toEqual([]);
    ask('three');
    expect(stage.sentKinds(0)).toEqual(['order']);
    expect(lastGroup(stage)).toEqual(names);
    expect(stage.effects(0), 'its timer is stopped').toContainEqual({ kind: 'cancelTimer', timer: 'gather' });
  });

  it('goes without those who do not come in time', () => {
    const { stage, ask } = openWithClients();
    ask('one', 'two');
    stage.timer(0, 'gather');
    expect(lastGroup(stage)).toEqual(['one', 'two']);
  });

  it('is followed by some that go at once, then by such as wait for whoever is still there', () => {
    const { stage, ask } = openWithClients();
    ask('one', 'two');
    stage.timer(0, 'gather');
    stage.commitOne(0);
    for (let turn = 1; turn <= 2; turn += 1) {
      ask('one');
      expect(stage.sentKinds(0), 'one goes alone').toEqual(['order']);
      ask('two');
      stage.commitOne(0);
      expect(lastGroup(stage), 'and so does two').toEqual(['two']);
      stage.commitOne(0);
    }
    ask('one');
    expect(stage.sentKinds(0), 'waits again').toEqual([]);
    ask('two');
    expect(lastGroup(stage)).toEqual(['one', 'two']);
  });

  it('never waits longer than some rounds take, and at most a part of what a leader is given', () => {
    const { stage, ask } = openWithClients();
    const waits = () =>
      stage
        .effects(0)
        .flatMap((effect) => (effect.kind === 'setTimer' && effect.timer === 'gather' ? [effect.ms] : []));
    ask('one');
    expect(waits().at(-1), 'rounds of a hundredth of a millisecond').toBe(1);
    ask('two', 'three');
    stage.waitUntil(60_000);
    stage.commitOne(0);
    ask('one');
    expect(waits().at(-1), 'a round of a minute').toBe(250);
  });

  it('does not wait for a client whose next request is there already', () => {
    const { stage, ask } = openWithClients();
    ask(...names, 'one');
    stage.commitOne(0);
    expect(stage.sentKinds(0), 'two and three are waited for').toEqual([]);
    ask('two', 'three');
    expect(stage.sentKinds(0)).toEqual(['order']);
  });

  it('of a lone client never waits', () => {
    const stage = openStage(1, 'batched');
    elect(stage, 0);
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      stage.request(0, 'one', sequence, 'inc');
      expect(stage.sentKinds(0)).toEqual(['order']);
      settle(stage);
    }
  });
});

describe('clients that come when they please', () => {
  it('are waited for ever more rarely', () => {
    const stage = openStage(1, 'batched');
    elect(stage, 0);
    let waits = 0;
    for (let client = 0; client < 1_000; client += 1) {
      stage.request(0, `client ${client}`, 1, 'inc');
      if (stage.gathers(0)) waits += 1;
      settle(stage);
    }
    expect(waits).toBeGreaterThan(3);
    expect(waits).toBeLessThan(12);
  });
});

describe('a replica that does not lead', () => {
  it('waits for its own clients only, and tells of them in one write', () => {
    const stage = openStage(3, 'batched');
    elect(stage, 0);
    for (let sequence = 1; sequence <= 2; sequence += 1) {
      stage.request(0, 'elsewhere', sequence, 'inc');
      for (const name of ['one', 'two']) stage.request(2, name, sequence, 'inc');
      settle(stage);
    }
    stage.request(2, 'one', 3, 'inc');
    expect(stage.sentKinds(2)).toEqual([]);
    stage.request(2, 'two', 3, 'inc');
    expect(stage.sentKinds(2)).toEqual(['post']);
    stage.commitOne(2);
    expect(stage.records('onset/t/2')).toMatchObject([
      { value: expect.stringContaining('"two",3') as string },
    ]);
  });

  it('does not let acknowledgements wait for company', () => {
    const stage = openStage(3, 'batched');
    elect(stage, 0);
    for (let sequence = 1; sequence <= 2; sequence += 1) {
      for (const name of ['one', 'two']) stage.request(1, name, sequence, 'inc');
      settle(stage);
    }
    stage.request(1, 'one', 3, 'inc');
    expect(stage.sentKinds(1), 'waits for the other').toEqual([]);
    stage.request(0, 'elsewhere', 1, 'inc');
    stage.timer(0, 'gather');
    stage.commitOne(0);
    stage.notify(1);
    expect(stage.sentKinds(1)).toEqual(['post']);
  });
});

describe('a leader', () => {
  it('tells what is executed although a group waits: whom it waits for has no answer yet', () => {
    const stage = openStage(3, 'batched');
    elect(stage, 0);
    stage.request(1, 'there', 1, 'inc');
    stage.commitOne(1);
    stage.notify(0);
    for (const name of ['under way', 'waiting']) stage.request(0, name, 1, 'inc');
    expect(stage.sentKinds(0)).toEqual(['order', 'order']);
    stage.commitOne(0);
    stage.notify(1);
    stage.commitOne(1);
    stage.notify(0);
    expect(stage.gathers(0), 'for the one there').toBe(true);
    expect(stage.sentKinds(0)).toEqual(['order', 'confirm']);
  });

  it('begins with nobody to wait for', () => {
    const stage = openStage(3, 'batched');
    elect(stage, 0);
    for (const name of names) stage.request(1, name, 1, 'inc');
    settle(stage);
    stage.request(2, 'other', 1, 'inc');
    readAll(stage, [1, 2]);
    for (const atMs of [4_000, 6_000, 8_000]) expireTimers(stage, atMs, [1, 2]);
    const effects = stage.effects(1);
    const asLeader = effects.slice(effects.findIndex(({ kind }) => kind === 'attend'));
    expect(asLeader).toContainEqual(expect.objectContaining({ kind: 'executed', client: 'other' }));
    expect(asLeader).not.toContainEqual(expect.objectContaining({ timer: 'gather' }));
  });
});
