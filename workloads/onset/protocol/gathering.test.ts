/** The grouped variant waits for clients that are expected back, and only for those, and never for long. */
import { describe, expect, it } from 'vitest';
import { elect, expireTimers, openStage, settle } from './stage.fixture.ts';
import type { Stage } from './stage.fixture.ts';

const names = ['one', 'two', 'three'];

/** All three have had one answer from the leader, in one group, and are expected back. */
function openWithClients(): Stage {
  const stage = openStage(1, 'batched');
  elect(stage, 0);
  for (const name of names) stage.request(0, name, 1, 'inc');
  settle(stage);
  return stage;
}

/** Clients in the last group that the leader has ordered. */
function lastGroup(stage: Stage): readonly (string | undefined)[] {
  const orders = stage
    .effects(0)
    .flatMap((effect) => (effect.kind === 'commit' && effect.tag.kind === 'order' ? [effect.tag] : []));
  return orders.at(-1)?.entries.map(({ client }) => client?.id) ?? [];
}

function comeBack(stage: Stage, sequence: number, who: readonly string[] = names): void {
  for (const name of who) stage.request(0, name, sequence, 'inc');
}

/** A round in which everybody came back: nobody has been disappointed since. */
function pleasantRound(stage: Stage, sequence: number): void {
  comeBack(stage, sequence);
  settle(stage);
}

describe('a group of requests', () => {
  it('goes when the last of the expected clients is back, and not before', () => {
    const stage = openWithClients();
    pleasantRound(stage, 2);
    comeBack(stage, 3, ['one', 'two']);
    expect(stage.sentKinds(0)).toEqual([]);
    comeBack(stage, 3, ['three']);
    expect(stage.sentKinds(0)).toEqual(['order']);
    expect(lastGroup(stage)).toEqual(names);
    expect(stage.effects(0).at(-1), 'and its timer is stopped').toMatchObject({ kind: 'commit' });
    expect(stage.gathers(0)).toBe(false);
  });

  it('goes without those who do not come in time, and they are not waited for again', () => {
    const stage = openWithClients();
    pleasantRound(stage, 2);
    comeBack(stage, 3, ['one', 'two']);
    stage.timer(0, 'gather');
    expect(lastGroup(stage)).toEqual(['one', 'two']);
    settle(stage);
    // The disappointment lets one group go at once; the next waits again, for those who are there.
    comeBack(stage, 4, ['one', 'two']);
    settle(stage);
    comeBack(stage, 5, ['one']);
    expect(stage.sentKinds(0)).toEqual([]);
    comeBack(stage, 5, ['two']);
    expect(lastGroup(stage)).toEqual(['one', 'two']);
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
    expect(stage.records('onset/t/2')).toMatchObject([{ value: expect.stringContaining('"two",3') as string }]);
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
    stage.request(1, 'one', 2, 'inc');
    for (const atMs of [4_000, 6_000, 8_000]) expireTimers(stage, atMs, [1, 2]);
    const effects = stage.effects(1);
    const asLeader = effects.slice(effects.findIndex(({ kind }) => kind === 'attend'));
    expect(asLeader).toContainEqual(expect.objectContaining({ kind: 'answer', client: 'one', sequence: 2 }));
    expect(asLeader).not.toContainEqual(expect.objectContaining({ timer: 'gather' }));
  });
});
