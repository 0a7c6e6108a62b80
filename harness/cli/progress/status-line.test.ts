import { expect, it } from 'vitest';
import { openStatusLine } from './status-line.ts';

function sinkOf(isTTY: boolean, columns = 20) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

it('is rewritten in place on a terminal, never wider than it, and cleared at the end', () => {
  const sink = sinkOf(true);
  {
    using line = openStatusLine(sink, false);
    line.show('short');
    line.show('x'.repeat(50));
  }
  const clear = '\r\u001b[2K';
  expect(sink.written).toEqual([`${clear}short`, `${clear}${'x'.repeat(18)}…`, clear]);
});

it('is a line in 10 s elsewhere', () => {
  const sink = sinkOf(false);
  let nowMs = 0;
  using line = openStatusLine(sink, false, () => nowMs);
  for (; nowMs <= 20_000; nowMs += 500) line.show(`at ${nowMs}`);
  expect(sink.written).toEqual(['at 0\n', 'at 10000\n', 'at 20000\n']);
});

it('is nothing with -q', () => {
  const sink = sinkOf(true);
  using line = openStatusLine(sink, true);
  line.show('x');
  expect(sink.written).toEqual([]);
});
