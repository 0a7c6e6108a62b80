import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../tuples.ts';
import {
  isSettled,
  openDeliveries,
  step,
  type Deliveries,
  type DeliveryEffect,
  type DeliveryEvent,
  type Fate,
  type PeerLossPolicy,
} from './deliveries.ts';

const batch = (firstSeq: number): Batch => ({ firstSeq, count: 10 });

function kinds(effects: readonly DeliveryEffect[]): string[] {
  return effects.map((effect) => (effect.kind === 'fate' ? effect.fate : effect.kind));
}

describe('a batch for a database that is there', () => {
  it('is sent, and the loop waits for the answer', () => {
    const state = openDeliveries('fail');
    expect(kinds(step(state, { kind: 'offered', batch: batch(0) }))).toEqual(['send']);
    expect(isSettled(state)).toBe(false);
    expect(kinds(step(state, { kind: 'acknowledged' }))).toEqual(['delivered']);
    expect(isSettled(state)).toBe(true);
  });
});

describe('a database that is lost', () => {
  it('ends the loop where no loss is allowed, for good', () => {
    const state = openDeliveries('fail');
    step(state, { kind: 'offered', batch: batch(0) });
    expect(kinds(step(state, { kind: 'lost' }))).toEqual(['failed']);
    expect(kinds(step(state, { kind: 'offered', batch: batch(10) }))).toEqual(['failed']);
  });

  it('gets what it missed in the order of the tuples, once it is back', () => {
    const state = openDeliveries('retry');
    step(state, { kind: 'offered', batch: batch(0) });
    expect(kinds(step(state, { kind: 'lost' }))).toEqual(['deferred', 'restore']);
    expect(kinds(step(state, { kind: 'offered', batch: batch(10) }))).toEqual(['deferred']);
    const sent: number[] = [];
    let effects = step(state, { kind: 'restored', rowsPresent: 0 });
    for (let next = effects.find(({ kind }) => kind === 'send'); next?.kind === 'send';) {
      sent.push(next.batch.firstSeq);
      effects = step(state, { kind: 'acknowledged' });
      next = effects.find(({ kind }) => kind === 'send');
    }
    expect(sent).toEqual([0, 10]);
    expect(state.counts).toMatchObject({ delivered: 2, late: 2, found: 0 });
  });

  it('is not sent again what is found there', () => {
    const state = openDeliveries('retry');
    step(state, { kind: 'offered', batch: batch(0) });
    step(state, { kind: 'lost' });
    expect(step(state, { kind: 'restored', rowsPresent: 10 })).toEqual([]);
    expect(state.counts).toMatchObject({ delivered: 1, found: 1 });
  });

  it('misses exactly what is reported as dropped', () => {
    const state = openDeliveries('drop-and-report');
    step(state, { kind: 'offered', batch: batch(0) });
    expect(kinds(step(state, { kind: 'lost' }))).toEqual(['doubtful', 'restore']);
    expect(kinds(step(state, { kind: 'offered', batch: batch(10) }))).toEqual(['dropped']);
    step(state, { kind: 'restored', rowsPresent: 0 });
    expect(state.dropped.map(({ firstSeq }) => firstSeq).sort((a, b) => a - b)).toEqual([0, 10]);
    expect(kinds(step(state, { kind: 'offered', batch: batch(20) }))).toEqual(['send']);
  });

  it('that holds a part of a batch has broken its promise', () => {
    const state = openDeliveries('retry');
    step(state, { kind: 'offered', batch: batch(0) });
    step(state, { kind: 'lost' });
    expect(step(state, { kind: 'restored', rowsPresent: 3 })).toEqual([
      { kind: 'torn', batch: batch(0), rowsPresent: 3 },
    ]);
  });

  it('while it rests is restored without doubt', () => {
    const state = openDeliveries('retry');
    expect(step(state, { kind: 'lost' })).toEqual([{ kind: 'restore', doubtful: null }]);
    expect(step(state, { kind: 'restored', rowsPresent: 0 })).toEqual([]);
    expect(kinds(step(state, { kind: 'offered', batch: batch(0) }))).toEqual(['send']);
  });
});

/** What chance does to the connection at each step; the rest follows from the state. */
type Chance = 'carry out and answer' | 'carry out and lose' | 'lose' | 'lose at rest' | 'restore' | 'offer';

/** A database and the connection to it: what it was told it holds, whether or not its answer came through. */
function world(policy: PeerLossPolicy) {
  const state: Deliveries = openDeliveries(policy);
  const held: number[] = [];
  const fates = new Map<number, Fate>();
  let onTheWay: Batch | null = null;
  let awaited: number | null = null;
  let isRestoring = false;
  let offered = 0;
  let doubtful: Batch | null = null;

  const feed = (event: DeliveryEvent): void => {
    for (const effect of step(state, event)) {
      if (effect.kind === 'send') {
        expect(onTheWay, 'one batch at a time').toBeNull();
        expect(isRestoring, 'nothing is sent before the look').toBe(false);
        onTheWay = effect.batch;
      } else if (effect.kind === 'fate') {
        expect(awaited, 'a fate is told to whoever waits').not.toBeNull();
        fates.set(awaited ?? -1, effect.fate);
        awaited = null;
      } else if (effect.kind === 'restore') {
        isRestoring = true;
        doubtful = effect.doubtful;
      } else throw new Error('torn');
    }
  };
  const carryOut = () => {
    if (onTheWay !== null) held.push(onTheWay.firstSeq);
  };
  const chances: Record<Chance, () => void> = {
    offer: () => {
      if (awaited !== null) return;
      awaited = offered;
      offered += 1;
      feed({ kind: 'offered', batch: { firstSeq: awaited, count: 1 } });
    },
    'carry out and answer': () => {
      if (onTheWay === null) return;
      carryOut();
      onTheWay = null;
      feed({ kind: 'acknowledged' });
    },
    'carry out and lose': () => {
      if (onTheWay === null) return;
      carryOut();
      onTheWay = null;
      feed({ kind: 'lost' });
    },
    lose: () => {
      if (onTheWay === null) return;
      onTheWay = null;
      feed({ kind: 'lost' });
    },
    'lose at rest': () => {
      if (onTheWay === null && !isRestoring && !state.hasFailed) feed({ kind: 'lost' });
    },
    restore: () => {
      if (!isRestoring) return;
      isRestoring = false;
      const looked = doubtful;
      feed({ kind: 'restored', rowsPresent: looked !== null && held.includes(looked.firstSeq) ? 1 : 0 });
    },
  };
  const comeToRest = () => {
    for (let turns = 0; turns < 10_000 && !(isSettled(state) && !isRestoring); turns += 1) {
      chances.restore();
      chances['carry out and answer']();
    }
  };
  return { state, held, fates, chances, comeToRest, offered: () => offered };
}

const history = fc.array(
  fc.constantFrom<Chance>(
    'offer',
    'offer',
    'carry out and answer',
    'carry out and lose',
    'lose',
    'lose at rest',
    'restore',
  ),
  { maxLength: 200 },
);

describe('whatever happens to the connection', () => {
  it('with retry every batch is there exactly once at the end, in order', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state, held, chances, comeToRest, offered } = world('retry');
        for (const event of events) chances[event]();
        comeToRest();
        expect(held).toEqual(Array.from({ length: offered() }, (_unused, index) => index));
        expect(state.counts.delivered).toBe(offered());
        expect(state.dropped).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with drop-and-report every batch is there once or reported, never both', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { state, held, chances, comeToRest, offered } = world('drop-and-report');
        for (const event of events) chances[event]();
        comeToRest();
        const accounted = [...held, ...state.dropped.map(({ firstSeq }) => firstSeq)].sort((a, b) => a - b);
        expect(accounted).toEqual(Array.from({ length: offered() }, (_unused, index) => index));
      }),
      { numRuns: 2_000 },
    );
  });

  it('with fail what was called delivered is there once, and nothing is sent after a loss', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { held, fates, chances } = world('fail');
        for (const event of events) chances[event]();
        expect(new Set(held).size).toBe(held.length);
        const delivered = [...fates].filter(([, fate]) => fate === 'delivered').map(([seq]) => seq);
        expect(held).toEqual(expect.arrayContaining(delivered));
        const failedAt = [...fates].findIndex(([, fate]) => fate === 'failed');
        expect(
          [...fates].slice(failedAt === -1 ? fates.size : failedAt).every(([, fate]) => fate === 'failed'),
        ).toBe(true);
      }),
    );
  });
});
