import { expect, it } from 'vitest';
import { wantsColor } from './colors.ts';

const asked = { isRefused: false, isTty: true, env: {} };

it('colours a terminal, and nothing else', () => {
  expect(wantsColor(asked)).toBe(true);
  expect(wantsColor({ ...asked, isTty: false })).toBe(false);
});

it('lets NO_COLOR and --no-color win over FORCE_COLOR', () => {
  expect(wantsColor({ ...asked, env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).toBe(false);
  expect(wantsColor({ ...asked, isRefused: true, env: { FORCE_COLOR: '1' } })).toBe(false);
});

it('does not take an empty NO_COLOR for a wish', () => {
  expect(wantsColor({ ...asked, env: { NO_COLOR: '' } })).toBe(true);
});

it('keeps logs of CI plain unless colour is forced', () => {
  expect(wantsColor({ ...asked, env: { CI: 'true' } })).toBe(false);
  expect(wantsColor({ ...asked, env: { CI: 'true', FORCE_COLOR: '1' } })).toBe(true);
});
