import { describe, expect, it } from 'vitest';
import { describeSharedMemoryContract } from '../shared-memory.contract.ts';
import { startEmbeddedStore } from './server.ts';

describeSharedMemoryContract('embedded store', {
  kind: 'embedded',
  async start() {
    const server = await startEmbeddedStore({ host: '127.0.0.1', port: 0 });
    const end = async () => {
      await server[Symbol.asyncDispose]();
    };
    return { host: server.host, port: server.port, kill: end, [Symbol.asyncDispose]: end };
  },
});

describe('the embedded server', () => {
  it('says so when its port is taken', async () => {
    await using first = await startEmbeddedStore({ host: '127.0.0.1', port: 0 });
    const second = startEmbeddedStore({ host: '127.0.0.1', port: first.port });
    await expect(second).rejects.toMatchObject({ code: 'STRATA-E518', cause: { code: 'EADDRINUSE' } });
  });
});
