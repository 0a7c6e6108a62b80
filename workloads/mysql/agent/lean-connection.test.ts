import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Connection } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeOver, type CommandFailure, type LeanConnection } from './lean-connection.ts';

const command = Buffer.from([1, 0, 0, 0, 0x17]);

function packet(...payload: readonly number[]): Buffer {
  return Buffer.from([payload.length, 0, 0, 1, ...payload]);
}

/** Affected rows 1, then the number given to the first row. */
const okWith = (...insertId: readonly number[]) => packet(0, 1, ...insertId, 2, 0, 0, 0);

function refusal(code: number, words: string): Buffer {
  return packet(0xff, code & 0xff, code >> 8, ...Buffer.from(`#42000${words}`));
}

describe('a connection whose replies are parsed by hand', () => {
  const server = createServer();
  let connection: LeanConnection;
  let peer: Socket;
  let idleLoss: Error | null;

  beforeEach(async () => {
    idleLoss = null;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const stream = connect(port, '127.0.0.1');
    [peer] = await accepted;
    peer.on('error', () => undefined);
    // mysql2's own parser must hear nothing any more.
    stream.on('data', () => {
      throw new Error('mysql2 still listens');
    });
    const opened = { connection: { stream } } as unknown as Connection;
    connection = takeOver(opened, (error) => {
      idleLoss = error;
    });
  });
  afterEach(async () => {
    connection.breakOff(new Error('the test is over'));
    peer.destroy();
    server.close();
    await once(server, 'close');
  });

  const send = (rest?: Uint8Array): Promise<CommandFailure | null> =>
    new Promise((resolve) => connection.send(resolve, command, rest));

  it('sends a command in one or two parts, and hears that it was carried out', async () => {
    peer.on('data', () => peer.write(okWith(7)));
    expect(await send()).toBeNull();
    expect(connection.lastInsertId()).toBe(7);
    const heard = once(peer, 'data') as Promise<[Buffer]>;
    expect(await send(Buffer.from([1, 2]))).toBeNull();
    expect([...(await heard)[0]]).toEqual([...command, 1, 2]);
  });

  it('reads the numbers given to rows, however large', async () => {
    const replies = [okWith(0xfc, 0x34, 0x12), okWith(0xfd, 1, 0, 1), okWith(0xfe, 1, 0, 0, 0, 1, 0, 0, 0)];
    peer.on('data', () => peer.write(replies.shift() ?? command));
    const numbers: number[] = [];
    for (let asked = 0; asked < 3; asked += 1) {
      await send();
      numbers.push(connection.lastInsertId());
    }
    expect(numbers).toEqual([0x1234, 0x010001, 2 ** 32 + 1]);
  });

  it('waits for a reply that comes in pieces', async () => {
    const reply = refusal(1142, 'INSERT command denied');
    peer.on('data', () => {
      void (async () => {
        for (const byte of reply) {
          peer.write(Buffer.from([byte]));
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      })();
    });
    peer.setNoDelay(true);
    expect(await send()).toMatchObject({ kind: 'refused', error: { message: 'INSERT command denied' } });
  });

  it('tells a refusal, after which it goes on, from the end of the session', async () => {
    const replies = [refusal(1142, 'denied'), okWith(1), refusal(1927, 'Connection was killed')];
    peer.on('data', () => peer.write(replies.shift() ?? command));
    expect(await send()).toMatchObject({ kind: 'refused' });
    expect(await send()).toBeNull();
    expect(await send()).toMatchObject({ kind: 'lost', error: { message: 'Connection was killed' } });
    expect(await send(), 'and stays lost').toMatchObject({ kind: 'lost' });
    expect(idleLoss).toBeNull();
  });

  it('loses what is under way when the server goes', async () => {
    peer.on('data', () => peer.destroy());
    expect(await send()).toMatchObject({ kind: 'lost' });
  });

  it('says so when it breaks at rest', async () => {
    peer.destroy();
    await expect.poll(() => idleLoss).not.toBeNull();
  });

  it('can be broken off for a reason, which is what is told', async () => {
    const sent = send();
    expect(connection.isBusy()).toBe(true);
    connection.breakOff(new Error('no answer within 5 s'));
    expect(await sent).toMatchObject({ kind: 'lost', error: { message: 'no answer within 5 s' } });
  });
});
