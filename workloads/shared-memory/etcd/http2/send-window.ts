/**
 * How much may be sent (RFC 9113, section 5.2): every byte of DATA costs room in the window of its stream and in
 * that of the connection, until the other side gives it back. What has no room waits, each stream for itself.
 */
import { defaultFrameBytes, frameFlag, frameType, type Frame } from './frames.ts';

export interface SendWindow {
  /** A stream begins with the room that every stream has. */
  open(streamId: number): void;
  /** Nothing more goes out on it, not even what waits. */
  close(streamId: number): void;
  send(streamId: number, bytes: Buffer, last: boolean): void;
  /** The other side gives room back; stream 0 is the connection. */
  grant(streamId: number, bytes: number): void;
  /** The room that every stream begins with has changed, also for those that are open. */
  resize(initialBytes: number): void;
}

interface Outlet {
  readonly streamId: number;
  room: number;
  waiting: { readonly bytes: Buffer; readonly last: boolean }[];
}

const initialRoom = 65_535;

export function createSendWindow(emit: (frame: Frame) => void): SendWindow {
  const outlets = new Map<number, Outlet>();
  let roomOfEach = initialRoom;
  let room = initialRoom;

  const pump = (outlet: Outlet) => {
    for (;;) {
      const next = outlet.waiting[0];
      if (next === undefined) return;
      const size = Math.min(next.bytes.length, room, outlet.room, defaultFrameBytes);
      if (size <= 0 && next.bytes.length > 0) return;
      const isWhole = size === next.bytes.length;
      room -= size;
      outlet.room -= size;
      const flags = isWhole && next.last ? frameFlag.endStream : 0;
      emit({
        type: frameType.data,
        flags,
        streamId: outlet.streamId,
        payload: next.bytes.subarray(0, size),
      });
      if (isWhole) outlet.waiting.shift();
      else outlet.waiting[0] = { bytes: next.bytes.subarray(size), last: next.last };
    }
  };
  const pumpAll = () => {
    for (const outlet of outlets.values()) if (outlet.waiting.length > 0) pump(outlet);
  };

  return {
    open: (streamId) => void outlets.set(streamId, { streamId, room: roomOfEach, waiting: [] }),
    close: (streamId) => void outlets.delete(streamId),
    send(streamId, bytes, last) {
      const outlet = outlets.get(streamId);
      if (outlet === undefined) return;
      outlet.waiting.push({ bytes, last });
      if (outlet.waiting.length === 1) pump(outlet);
    },
    grant(streamId, bytes) {
      if (streamId === 0) {
        room += bytes;
        pumpAll();
        return;
      }
      const outlet = outlets.get(streamId);
      if (outlet === undefined) return;
      outlet.room += bytes;
      pump(outlet);
    },
    resize(initialBytes) {
      for (const outlet of outlets.values()) outlet.room += initialBytes - roomOfEach;
      roomOfEach = initialBytes;
      pumpAll();
    },
  };
}
