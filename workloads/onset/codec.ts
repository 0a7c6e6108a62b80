/**
 * How a request of the ONSET counter looks on the wire: `POST /inc/3/17` is request 17 of client 3. Paper `onset`,
 * section 4.1: REST style, requests of at most 50 bytes, answers of at most 100.
 */
import type { DecodedAnswer, RequestCodec } from '../http-load/plan.ts';
import type { SampleColumn } from '../../results/sample/sample.ts';

/** Operation names; a sample and an execution-log entry store the index. */
export const onsetOperations = ['get', 'inc', 'dou'] as const;
export type OnsetOperation = (typeof onsetOperations)[number];

export const onsetColumns: readonly SampleColumn[] = [
  {
    name: 'position',
    type: 'integer',
    description: 'order at which the replicas executed the request, from 1',
  },
  { name: 'value', type: 'integer', description: 'counter after the request, as answered' },
];

export interface OnsetAnswer {
  /** 0-based index of the replica that answered. */
  readonly replica: number;
  readonly position: number;
  readonly value: number;
}

export const onsetCodec: RequestCodec = {
  encode: (operation, client, sequence, host) =>
    Buffer.from(
      `POST /${operation}/${client}/${sequence} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`,
      'latin1',
    ),
  decode: (status, body) => (status === 200 ? decodeAnswer(body) : noAnswer),
};

const noAnswer: DecodedAnswer = { extra: [undefined, undefined] };

function decodeAnswer(body: string): DecodedAnswer {
  const { replica, position, value } = JSON.parse(body) as OnsetAnswer;
  return { replica, extra: [position, value] };
}

export function encodeAnswer({ replica, position, value }: OnsetAnswer): string {
  return `{"replica":${replica},"position":${position},"value":${value}}`;
}

export interface OnsetRequest {
  /** Index into {@link onsetOperations}. */
  readonly operation: number;
  readonly client: number;
  readonly sequence: number;
}

/** `/inc/3/17` → its request; undefined when the path is none. */
export function parseRequestPath(path: string): OnsetRequest | undefined {
  const match = /^\/(get|inc|dou)\/(\d{1,9})\/(\d{1,9})$/.exec(path);
  if (match === null) return undefined;
  const operation = onsetOperations.indexOf(match[1] as OnsetOperation);
  return { operation, client: Number(match[2]), sequence: Number(match[3]) };
}
