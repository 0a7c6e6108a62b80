import { describe, expect, it, vi } from 'vitest';
import { numberOf } from './control-frames.ts';
import { frameType, type Frame } from './frames.ts';
import { takeFrame, type Intake } from './intake.ts';
import { createSendWindow } from './send-window.ts';

function openIntake() {
  const sent: Frame[] = [];
  const listener = { onHeaders: vi.fn(), onData: vi.fn(), onEnd: vi.fn(), onLost: vi.fn() };
  const send = (frame: Frame) => void sent.push(frame);
  const intake: Intake = {
    ...{ streams: new Map([[1, { id: 1, listener, owedBytes: 0 }]]), window: createSendWindow(send), send },
    ...{ lose: vi.fn(), decoded: new Map(), partial: null, owedBytes: 0 },
  };
  return { intake, sent, listener };
}

const payload = Buffer.alloc(16_384);
const data = (streamId: number): Frame => ({ type: frameType.data, flags: 0, streamId, payload });

describe('a server that sends and sends', () => {
  it('is given all the room again, of the stream and of the connection, long before it has used it up', () => {
    const { intake, sent } = openIntake();
    const frames = 40_000;
    for (let count = 0; count < frames; count += 1) takeFrame(intake, data(1));
    for (const streamId of [0, 1]) {
      const given = sent.filter((frame) => frame.streamId === streamId).map(numberOf);
      const open = frames * 16_384 - given.reduce((sum, bytes) => sum + bytes, 0);
      expect(open).toBeGreaterThanOrEqual(0);
      expect(open).toBeLessThan(2 ** 29);
    }
  });

  it('on a stream nobody wants any more still gets the room of the connection again', () => {
    const { intake, sent } = openIntake();
    for (let count = 0; count < 20_000; count += 1) takeFrame(intake, data(3));
    expect(sent.map(({ type, streamId }) => [type, streamId])).toEqual([[frameType.windowUpdate, 0]]);
  });
});

describe('frames of types nobody knows', () => {
  it('are ignored', () => {
    const { intake, sent, listener } = openIntake();
    takeFrame(intake, { type: 99, flags: 255, streamId: 1, payload: Buffer.from('anything') });
    expect(sent).toEqual([]);
    for (const heard of Object.values(listener)) expect(heard).not.toHaveBeenCalled();
  });
});

describe('a number that is none', () => {
  it.each([frameType.windowUpdate, frameType.resetStream])('is refused in a frame of type %i', (type) => {
    const { intake } = openIntake();
    expect(() => {
      takeFrame(intake, { type, flags: 0, streamId: 1, payload: Buffer.alloc(3) });
    }).toThrow(expect.objectContaining({ code: 'STRATA-E517' }) as Error);
  });
});
