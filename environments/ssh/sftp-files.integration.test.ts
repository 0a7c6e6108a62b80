import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import type { NodeFiles } from '../command/files.ts';
import { failure } from '../contract/commands.cases.ts';
import { connectSsh, type SshConnection } from './connection.ts';
import { sftpFiles } from './sftp-files.ts';
import { startServer, whyNoServer, type TestServer } from './sshd.fixture.ts';

const unavailable = await whyNoServer();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)('files over SSH', () => {
  let server: TestServer;
  let connection: SshConnection;
  let files: NodeFiles;
  beforeAll(async () => {
    server = await startServer();
    connection = await connectSsh(server.target);
    files = sftpFiles(connection);
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const inDir = (name: string) => path.join(server.dir, name);

  it('of any size come and go unchanged, and can be run', async () => {
    for (const bytes of [0, 1, 3_000_001]) {
      const content = randomBytes(bytes);
      const file = inDir(`größe '${bytes}'`);
      await files.put(content, file);
      expect(Buffer.compare(await readFile(file), content)).toBe(0);
      expect(Buffer.compare(await files.get(file), content)).toBe(0);
      expect((await stat(file)).mode & 0o777).toBe(0o755);
    }
  });

  it('that cannot be put or got say why', async () => {
    const put = await failure(files.put(Buffer.from('x'), inDir('absent/file')));
    expect(causeChain(put).join('\n')).toMatch(/cannot put .*absent\/file.*no such file|nonexistent/is);
    const get = await failure(files.get(inDir('absent.bin')));
    expect(get).toMatchObject({ code: 'STRATA-E436' });
    expect(causeChain(get).join('\n')).toMatch(/absent\.bin.*no such file/is);
  });

  it('that grow while they are got come as they were at one time', async () => {
    const file = inDir('growing');
    await writeFile(file, '');
    const script = `while :; do printf 'line of some length\\n' >> ${file}; done`;
    const writer = execFile('sh', ['-c', script]);
    const got = await Promise.all(Array.from({ length: 5 }, () => files.get(file)));
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const whole = await readFile(file);
    for (const part of got) expect(whole.subarray(0, part.length).equals(part)).toBe(true);
  });

  it('put many at once come each as a whole, with nothing left beside them', async () => {
    const contents = Array.from({ length: 10 }, (_, index) => Buffer.alloc(200_000, `content ${index}`));
    await Promise.all(contents.map((content) => files.put(content, inDir('contended'))));
    const last = await readFile(inDir('contended'));
    expect(contents.some((content) => content.equals(last))).toBe(true);
    expect((await readdir(server.dir)).filter((name) => name.startsWith('contended'))).toEqual(['contended']);
  });

  it('that cannot take their name leave nothing beside it', async () => {
    await files.put(Buffer.from('x'), inDir('plain'));
    const error = await failure(files.put(Buffer.from('x'), inDir('plain/below')));
    expect(causeChain(error).join('\n')).toContain('plain/below');
    await expect(files.put(Buffer.from('x'), server.dir)).rejects.toThrow('cannot put');
    const beside = await readdir(path.dirname(server.dir));
    expect(beside.filter((name) => name.startsWith(`${path.basename(server.dir)}.`))).toEqual([]);
  });

  it('are refused once the connection has ended, and what was under way fails', async () => {
    const other = await connectSsh(server.target);
    const there = sftpFiles(other);
    await there.put(Buffer.from('x'), inDir('before'));
    const underWay = failure(there.put(Buffer.alloc(20_000_000), inDir('under way')));
    other.abandon();
    expect(await underWay).toMatchObject({ code: 'STRATA-E436' });
    expect(causeChain(await failure(there.get(inDir('before'))))).toContain('its connection was closed');
  });
});
