import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultKinds, type Fault } from '../foundation/cell.ts';
import { faultPattern, formatFault, inOrderOfTime, parseFault } from './faults.ts';

const anyFault: fc.Arbitrary<Fault> = fc
  .record({
    kind: fc.constantFrom(...faultKinds),
    atMs: fc.nat(1e8),
    durationMs: fc.integer({ min: 1, max: 1e8 }),
  })
  .chain(({ kind, atMs, durationMs }) => {
    const [lasting, final] = [fc.constant({ kind, atMs, durationMs }), fc.constant({ kind, atMs })];
    if (kind === 'kill-database') return fc.oneof(lasting, final);
    return kind === 'pause-replica' ? lasting : final;
  });

describe('a fault', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyFault, (fault) => {
        expect(formatFault(fault)).toMatch(faultPattern);
        expect(parseFault(formatFault(fault))).toEqual({ ok: true, value: fault });
      }),
    );
  });

  it.each([
    ['kill@2s', 'there is no fault "kill"'],
    ['kill-replica', '"kill-replica" is not of the form kind@time, such as kill-replica@2s'],
    ['kill-replica@2', 'the unit is missing: 2ms or 2s?'],
    ['kill-replica@2s+3s', 'kill-replica does not end: leave out +3s'],
    ['kill-database@2s+', '"" is not a duration: a number and one of us, µs, ms, s, m, h'],
    ['kill-database@2s+0s', 'kill-database of no length changes nothing'],
    ['pause-replica@2s', 'a pause needs a length: pause-replica@2s+3s'],
    ['pause-replica@2s+0s', 'a pause of no length changes nothing'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parseFault(text)).toEqual({ ok: false, reason });
  });

  it('has one place in time, however the list was written', () => {
    fc.assert(
      fc.property(fc.array(anyFault), (faults) => {
        expect(inOrderOfTime([...faults].reverse())).toEqual(inOrderOfTime(faults));
      }),
    );
  });
});
