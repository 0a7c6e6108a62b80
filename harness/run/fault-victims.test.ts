import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../foundation/cell.ts';
import { faultEndMs, inOrderOfTime } from '../plan/faults.ts';
import { chooseVictims } from './fault-victims.ts';

const nodesOf = (...names: string[]) => names.map((name) => ({ name }));
const struck = (faults: readonly Fault[], nodes: readonly { name: string }[], seed = 0) =>
  chooseVictims(faults, nodes, seed).map((node) => node?.name);
const kill = (atMs: number): Fault => ({ kind: 'kill-replica', atMs });

describe('the victims of faults', () => {
  it('are replicas by whatever name, in turn from the one the seed chooses, and never the store', () => {
    const nodes = nodesOf('store', 'replica-1', 'replica-2', 'replica-3');
    expect(struck([kill(1), kill(2), kill(3)], nodes, 7)).toEqual(['replica-2', 'replica-3', 'replica-1']);
    expect(struck([kill(1)], nodesOf('db-1', 'db-2'), 1)).toEqual(['db-2']);
    expect(struck([{ kind: 'kill-store', atMs: 1 }, kill(1)], nodes)).toEqual(['store', 'replica-1']);
  });

  it('are passed over while they are out', () => {
    const away = (atMs: number, durationMs: number): Fault => ({ kind: 'kill-database', atMs, durationMs });
    const nodes = nodesOf('db-1', 'db-2');
    expect(struck([away(0, 100), away(10, 10), away(30, 10)], nodes)).toEqual(['db-1', 'db-2', 'db-2']);
    expect(struck([kill(0), away(10, 10), away(15, 10), away(20, 10)], nodes)).toEqual([
      ...['db-1', 'db-2', undefined, 'db-2'],
    ]);
    expect(struck([{ kind: 'kill-store', atMs: 1 }], nodes)).toEqual([undefined]);
  });

  it('are never struck twice at one time', () => {
    const fault = fc.record({
      kind: fc.constant('kill-database' as const),
      atMs: fc.nat(50),
      durationMs: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 8 }), fc.nat(), (given, seed) => {
        const faults = inOrderOfTime(given);
        const victims = struck(faults, nodesOf('db-1', 'db-2', 'db-3'), seed);
        faults.forEach((one, index) => {
          const before = faults.slice(0, index).filter((_other, at) => victims[at] === victims[index]);
          if (victims[index] !== undefined)
            expect(before.every((other) => faultEndMs(other) <= one.atMs)).toBe(true);
        });
      }),
    );
  });
});
