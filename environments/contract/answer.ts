/** Asking the contract's server over TCP. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the server says, or the code of the error: `ECONNREFUSED`, or `silence` after 2 s. */
export async function answerOf(address: string, port: number): Promise<string> {
  const socket = connect({ host: address, port });
  socket.setTimeout(2_000, () => socket.destroy(Object.assign(new Error('silence'), { code: 'silence' })));
  try {
    return await text(socket);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'no code';
  } finally {
    socket.destroy();
  }
}
