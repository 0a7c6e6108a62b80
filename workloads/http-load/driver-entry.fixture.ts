/** An entry file as a workload has it; `die` in place of an operation's name makes the process crash. */
import { serveDriver } from './driver-child.ts';
import type { RequestCodec } from './plan.ts';

const codec: RequestCodec = {
  encode: (operation, client, sequence, host) => {
    if (operation === 'die') throw new Error(`cannot write client ${client} request ${sequence}`);
    return Buffer.from(`GET /${operation}/${client}-${sequence} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  },
  decode: (_status, body) => ({ replica: 1, extra: [body.length] }),
};

void serveDriver(() => codec);
