/** The frames that carry numbers instead of content (RFC 9113, sections 6.4 to 6.9). */
import { malformed } from '../../failures.ts';
import { frameFlag, frameType, type Frame } from './frames.ts';

export const settingId = { headerTableSize: 1, enablePush: 2, initialWindowSize: 4 } as const;
type Setting = readonly [id: number, value: number];

const settingBytes = 6;
/** The stream is not wanted any more. */
const cancelCode = 8;

export function settingsFrame(settings: readonly Setting[]): Frame {
  const payload = Buffer.alloc(settings.length * settingBytes);
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, index * settingBytes);
    payload.writeUInt32BE(value, index * settingBytes + 2);
  }
  return { type: frameType.settings, flags: 0, streamId: 0, payload };
}

export function settingsOf({ payload }: Frame): Setting[] {
  const settings: Setting[] = [];
  for (let at = 0; at + settingBytes <= payload.length; at += settingBytes) {
    settings.push([payload.readUInt16BE(at), payload.readUInt32BE(at + 2)]);
  }
  return settings;
}

export function settingsAcknowledged(): Frame {
  return { ...settingsFrame([]), flags: frameFlag.acknowledgement };
}

export function windowUpdateFrame(streamId: number, bytes: number): Frame {
  return { type: frameType.windowUpdate, flags: 0, streamId, payload: numberPayload(bytes) };
}

export function cancelFrame(streamId: number): Frame {
  return { type: frameType.resetStream, flags: 0, streamId, payload: numberPayload(cancelCode) };
}

export function pingFrame(): Frame {
  return { type: frameType.ping, flags: 0, streamId: 0, payload: Buffer.alloc(8) };
}

/** The one number of a WINDOW_UPDATE or RST_STREAM. */
export function numberOf({ payload }: Frame): number {
  if (payload.length !== 4) throw malformed(`HTTP/2 frame: ${payload.length} bytes in the place of a number`);
  return payload.readUInt32BE(0);
}

function numberPayload(value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return payload;
}
