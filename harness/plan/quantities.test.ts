import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatExactBytes,
  parseBytes,
  parseDurationMs,
  parseRatePerS,
} from './quantities.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2000],
    ['1m', 60_000],
    ['1.1s', 1100],
    ['250us', 0.25],
    ['0ms', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toEqual({ ok: true, value: ms });
  });

  it('never guesses a forgotten unit', () => {
    expect(parseDurationMs('500')).toEqual({ ok: false, reason: 'the unit is missing: 500ms or 500s?' });
  });

  it('does not take a property of every object for a unit', () => {
    expect(parseDurationMs('5constructor').ok).toBe(false);
  });

  it('reads back every whole duration it writes', () => {
    fc.assert(
      fc.property(fc.nat(1e9), (ms) => {
        expect(parseDurationMs(formatDuration(ms))).toEqual({ ok: true, value: ms });
      }),
    );
  });
});

describe('sizes', () => {
  it.each([
    ['512MiB', 512 * 2 ** 20],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['2GB', 2e9],
    ['100 KB', 1e5],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toEqual({ ok: true, value: bytes });
  });

  it('are shown in the largest binary unit', () => {
    expect([formatBytes(25_125_558_682), formatBytes(2 ** 20), formatBytes(12)]).toEqual([
      '23.4 GiB',
      '1 MiB',
      '12 B',
    ]);
  });

  it.each([
    ['256M', '256MB or 256MiB'],
    ['512Mi', '512MiB'],
    ['2gb', '2GB'],
  ])('%s may be %s, and neither is guessed', (text, meant) => {
    expect(parseBytes(text)).toEqual({
      ok: false,
      reason: expect.stringMatching(new RegExp(`; did you mean ${meant}\\?$`)) as string,
    });
  });

  it('are written without loss, and read back', () => {
    expect([2 ** 30, 1.5 * 2 ** 30, 1025].map(formatExactBytes)).toEqual(['1GiB', '1536MiB', '1025B']);
    fc.assert(
      fc.property(fc.nat(1e11), (bytes) => {
        expect(parseBytes(formatExactBytes(bytes))).toEqual({ ok: true, value: bytes });
      }),
    );
  });

  it.each(['512', '512Mi', '512 apples', '-1MiB', ''])('%s is refused', (text) => {
    expect(parseBytes(text).ok).toBe(false);
  });
});

describe('rates', () => {
  it('need their unit', () => {
    expect(parseRatePerS('100/s')).toEqual({ ok: true, value: 100 });
    expect(parseRatePerS('100')).toEqual({ ok: false, reason: 'the unit is missing: 100/s?' });
    expect(parseRatePerS('fast').ok).toBe(false);
  });
});
