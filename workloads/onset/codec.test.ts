import { describe, expect, it } from 'vitest';
import { encodeAnswer, onsetCodec, onsetOperations, parseRequestPath } from './codec.ts';

describe('the ONSET wire format', () => {
  it('reads back the request it wrote, for every operation', () => {
    for (const [operation, name] of onsetOperations.entries()) {
      const bytes = onsetCodec.encode(name, 63, 1_000_000, '127.0.0.1:7000').toString();
      const path = bytes.split(' ')[1] ?? '';
      expect(parseRequestPath(path)).toEqual({ operation, client: 63, sequence: 1_000_000 });
    }
  });

  it('stays within the sizes of the paper: 50 bytes a request line, 100 bytes an answer', () => {
    const request = onsetCodec.encode('dou', 63, 999_999_999, '127.0.0.1:7000').toString();
    expect(request.split('\r\n')[0]?.length).toBeLessThanOrEqual(50);
    const largest = { replica: 14, position: Number.MAX_SAFE_INTEGER, value: Number.MAX_SAFE_INTEGER };
    expect(encodeAnswer(largest).length).toBeLessThanOrEqual(100);
  });

  it('gives position and value of an answer as sample columns', () => {
    const body = encodeAnswer({ replica: 2, position: 7, value: 31 });
    expect(onsetCodec.decode(200, body)).toEqual({ replica: 2, extra: [7, 31] });
  });

  it('takes no values from an answer that is not 200', () => {
    expect(onsetCodec.decode(404, '{}')).toEqual({ extra: [undefined, undefined] });
  });

  it.each(['/', '/inc', '/inc/1', '/inc/-1/2', '/inc/1/2/3', '/double/1/2', '/inc/1/2?x', '/inc/a/b'])(
    'does not take %s for a request',
    (path) => {
      expect(parseRequestPath(path)).toBeUndefined();
    },
  );
});
