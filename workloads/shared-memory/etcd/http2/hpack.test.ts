/** Header blocks against the examples of RFC 7541; connection.test.ts has them written by another implementation. */
import { describe, expect, it } from 'vitest';
import { decodeHeaders, encodeHeaders } from './hpack.ts';
import { decodeHuffman } from './huffman.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const malformed = expect.objectContaining({ code: 'STRATA-E517' }) as Error;

describe('a header block', () => {
  it('means what was written, long texts too', () => {
    const headers = [
      [':path', '/etcdserverpb.KV/Txn'],
      ['te', 'trailers'],
      ['x-long', 'a'.repeat(126)],
      ['x-longer', 'b'.repeat(127)],
      ['x-longest', 'c'.repeat(5_000)],
    ] as const;
    expect([...decodeHeaders(encodeHeaders(headers))]).toEqual(headers);
  });

  it.each([
    [
      'C.2.1',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      'custom-key',
      'custom-header',
    ],
    ['C.2.2', '040c 2f73 616d 706c 652f 7061 7468', ':path', '/sample/path'],
    ['C.2.3', '1008 7061 7373 776f 7264 0673 6563 7265 74', 'password', 'secret'],
    ['C.2.4', '82', ':method', 'GET'],
  ])('is read as in example %s', (_example, hex, name, value) => {
    expect([...decodeHeaders(bytes(hex))]).toEqual([[name, value]]);
  });

  it('is read as in example C.4.1, with Huffman', () => {
    const headers = decodeHeaders(bytes('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'));
    expect(Object.fromEntries(headers)).toEqual({
      ':method': 'GET',
      ':scheme': 'http',
      ':path': '/',
      ':authority': 'www.example.com',
    });
  });

  it('may begin with the size of the table that nobody uses', () => {
    expect([...decodeHeaders(bytes('20 88'))]).toEqual([[':status', '200']]);
  });

  it.each([
    ['refers to a table that was not agreed to', 'be'],
    ['ends too early', '0003 6162'],
    ['has a number without end', 'ffff ffff ffff ffff ff'],
    ['has index 0', '80'],
  ])('that %s is refused', (_what, hex) => {
    expect(() => decodeHeaders(bytes(hex))).toThrow(malformed);
  });
});

describe('a Huffman text', () => {
  it.each([
    ['carries the end of strings', 'ffff ffff'],
    ['is filled up with zeros', '1c'],
    ['is filled up with a whole byte', '1f ff'],
  ])('that %s is refused', (_what, hex) => {
    expect(() => decodeHuffman(bytes(hex))).toThrow(malformed);
  });
});
