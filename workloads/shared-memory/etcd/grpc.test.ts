import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureIn, frameMessage, messageReader } from './grpc.ts';

const headers = (fields: Record<string, string>) => new Map(Object.entries(fields));

describe('messages', () => {
  it('arrive as they were sent, however the stream cuts them up', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)));
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), (sent, pieceBytes) => {
        const bytes = Buffer.concat(sent.map(frameMessage));
        const read: Buffer[] = [];
        const take = messageReader((message) => read.push(message));
        for (let at = 0; at < bytes.length; at += pieceBytes) take(bytes.subarray(at, at + pieceBytes));
        expect(read).toEqual(sent);
      }),
    );
  });

  it('that are compressed are refused: nobody asked for it', () => {
    expect(() => {
      messageReader(() => undefined)(Buffer.from([1, 0, 0, 0, 0]));
    }).toThrow(expect.objectContaining({ code: 'STRATA-E517' }) as Error);
  });
});

describe('what a call came to', () => {
  it.each([{ ':status': '200' }, { 'grpc-status': '0' }, { ':status': '200', 'grpc-status': '0' }])(
    'is nothing bad with %j',
    (fields) => {
      expect(failureIn(headers(fields))).toBeNull();
    },
  );

  it.each([
    [
      { 'grpc-status': '11', 'grpc-message': 'has been compacted' },
      11,
      'has been compacted (gRPC status 11)',
    ],
    [{ 'grpc-status': '5', 'grpc-message': 'h%C3%A9llo 100%25' }, 5, 'héllo 100% (gRPC status 5)'],
    [{ 'grpc-status': '5', 'grpc-message': '100%' }, 5, '100% (gRPC status 5)'],
    [{ 'grpc-status': '14' }, 14, 'no reason given (gRPC status 14)'],
    [{ 'grpc-status': 'many' }, 2, 'no reason given (gRPC status 2)'],
    [{ ':status': '404' }, 2, 'HTTP status 404 (gRPC status 2)'],
  ])('is told with %j', (fields, status, message) => {
    expect(failureIn(headers(fields))).toMatchObject({ status, message });
  });
});
