import { describe, expect, it } from 'vitest';
import type { OutputPiece } from './command-runner.ts';
import { launchedOutput } from './launcher.ts';

const piece = (stream: OutputPiece['stream'], text: string): OutputPiece => ({
  stream,
  payload: Buffer.from(text),
});

function listen() {
  const words: string[] = [];
  const launched = launchedOutput({
    nonce: 'nonce',
    announce: (word) => words.push(word),
    refuse: (said) => new Error(said),
  });
  const take = (stream: OutputPiece['stream'], text: string) =>
    launched.take(piece(stream, text))?.payload.toString() ?? null;
  return { words, take, end: launched.end };
}

describe('the output of a launched command', () => {
  it('is without the line of the launcher, however the pieces are cut', () => {
    const { words, take } = listen();
    expect([take('stderr', 'non'), take('stderr', 'ce 12'), take('stderr', '34\nfirst')]).toEqual([
      null,
      null,
      'first',
    ]);
    expect(take('stderr', 'nonce 99\n')).toBe('nonce 99\n');
    expect(words).toEqual(['1234']);
  });

  it('may begin on stdout before the launcher spoke', () => {
    const { words, take } = listen();
    expect([take('stdout', 'early'), words]).toEqual(['early', []]);
    expect([take('stderr', 'nonce missing\n'), words]).toEqual([null, ['missing']]);
  });

  it('that begins with another line is what was said instead of launching', () => {
    expect(() => listen().take('stderr', 'exec: no such shell\n')).toThrow('exec: no such shell');
    const cut = listen();
    cut.take('stderr', 'no line');
    expect(cut.end).toThrow('no line');
    expect(listen().end).not.toThrow();
  });
});
