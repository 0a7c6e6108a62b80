/**
 * Files of a node over SFTP, which the server answers in the session it has forked already: no shell, no program.
 * Processor time of a software-emulated guest, medians of five rounds in turn, this way and with `cat`, `chmod` and
 * `mv` (which verify nothing): put 100 bytes 12 and 182 ms, put 1 MB 64 and 258 ms, get 10 MB 235 and 325 ms.
 *
 * What was put is read back and compared before it takes its name: that finds all a checksum would, and is included
 * above, while running `sha256sum` on 1 MB alone takes 106 ms. What is got is covered by the connection's own
 * message authentication, and ends where the server says the file ends.
 */
import { randomUUID } from 'node:crypto';
import type { SFTPWrapper } from 'ssh2';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { NodeFiles } from '../command/files.ts';
import type { SshConnection } from './connection.ts';
import { logOf, noChannel, sshCodes } from './errors.ts';

const timeoutMs = 60_000;
/** As `cat` and `chmod` would leave it: programs are put, too. */
const mode = 0o755;

type Sessions = () => Promise<SFTPWrapper>;

export function sftpFiles(connection: SshConnection): NodeFiles {
  const session = keptSession(connection);
  return {
    put: (content, file) =>
      fileTask(connection, `put ${file}`, () => put(session, Buffer.from(content), file)),
    get: (file) => fileTask(connection, `get ${file}`, () => get(session, file)),
  };
}

/** Opened when first needed, and anew when it ended. */
function keptSession({ client, place }: SshConnection): Sessions {
  let session: Promise<SFTPWrapper> | undefined;
  const forget = () => (session = undefined);
  return () =>
    (session ??= answered<SFTPWrapper>((done) => client.sftp(done)).then(
      (sftp) => sftp.on('close', forget).on('error', forget),
      (error: unknown) => {
        forget();
        throw noChannel(place, error);
      },
    ));
}

/** Renamed into place, so that a program being replaced, or put twice at once, is never seen in part. */
async function put(session: Sessions, content: Buffer, file: string): Promise<void> {
  const sftp = await session();
  const fresh = `${file}.${randomUUID()}`;
  try {
    await answered((done) => sftp.writeFile(fresh, content, { mode }, done));
    await answered((done) => sftp.chmod(fresh, mode, done));
    const stored = await answered<Buffer>((done) => sftp.readFile(fresh, done));
    if (!stored.equals(content)) {
      throw new Error(`${stored.length} bytes were stored that are not the ${content.length} sent`);
    }
    await answered((done) => sftp.ext_openssh_rename(fresh, file, done));
  } catch (error) {
    // The first error is the one to tell; what could not be written need not be there to be removed.
    await answered((done) => sftp.unlink(fresh, done)).catch(() => undefined);
    throw error;
  }
}

async function get(session: Sessions, file: string): Promise<Uint8Array> {
  const sftp = await session();
  return answered<Buffer>((done) => sftp.readFile(file, done));
}

async function fileTask<T>(
  { closed, place }: SshConnection,
  what: string,
  task: () => Promise<T>,
): Promise<T> {
  const wait = {
    what: `node ${place.node} to ${what}`,
    timeoutMs,
    signal: new AbortController().signal,
    code: sshCodes.file,
    fix: 'a paused node answers nothing; else look in the log whether the machine still runs',
    ...logOf(place),
  };
  // An answer that was under way when the connection ended is not told of by the library.
  const cutOff = closed.then((why) => {
    throw why ?? new Error('its connection was closed');
  });
  try {
    return await withDeadline(wait, () => Promise.race([task(), cutOff]));
  } catch (cause) {
    if (cause instanceof StrataError) throw cause;
    throw new StrataError({
      code: sshCodes.file,
      message: `node ${place.node} cannot ${what}`,
      fix: 'see the cause; the path must lie in a directory that exists on the node and has room',
      cause,
      ...logOf(place),
    });
  }
}

type Done<T> = (error: Error | null | undefined, value: T) => void;

function answered<T = void>(ask: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => (error ? reject(error) : resolve(value)));
  });
}
