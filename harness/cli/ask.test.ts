import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { ask } from './ask.ts';

const question = { text: 'Build it?', byDefault: true, signal: new AbortController().signal };

function dialogue(typed: string | null) {
  const input = new PassThrough();
  if (typed !== null) input.end(typed);
  return { input, output: new PassThrough() };
}

it.each([
  ['y\n', true, true],
  ['YES\n', false, true],
  ['n\n', true, false],
  ['perhaps\n', true, false],
  ['\n', true, true],
  ['\n', false, false],
  // The end of the input is nobody's consent.
  ['', true, false],
])('%j, by default %j, is %j', async (typed, byDefault, expected) => {
  expect(await ask({ ...question, byDefault }, dialogue(typed))).toBe(expected);
});

it('shows what Enter means', async () => {
  const { input, output } = dialogue('y\n');
  await ask(question, { input, output });
  output.end();
  expect(await text(output)).toContain('Build it? [Y/n] ');
});

it('ends with its signal', async () => {
  const waiting = new AbortController();
  const answer = ask({ ...question, signal: waiting.signal }, dialogue(null));
  waiting.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});
