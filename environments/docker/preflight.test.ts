import { chmod, link, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { connectEngine } from './engine.ts';
import { preflightDocker } from './preflight.ts';

const nobody = 65_534;

describe('the preflight tells why the engine cannot be used', () => {
  let dir: string;
  let socket: string;
  const servers: Server[] = [];

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'strata-preflight-'));
    // Other users come here too.
    await chmod(dir, 0o777);
    socket = path.join(dir, 'docker.sock');
    vi.stubEnv('DOCKER_HOST', `unix://${socket}`);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const server of servers.splice(0)) server.close();
    await rm(dir, { recursive: true, force: true });
  });

  const listen = async (server: Server) => {
    servers.push(server);
    server.listen(socket);
    await once(server, 'listening');
  };

  const preflight = async (): Promise<StrataError> => {
    const outcome: unknown = await preflightDocker(new AbortController().signal).catch(
      (error: unknown) => error,
    );
    if (!(outcome instanceof StrataError))
      throw new Error('the preflight did not fail as expected', { cause: outcome });
    return outcome;
  };

  it('missing: no socket', async () => {
    const error = await preflight();
    expect([error.code, error.exitCode]).toEqual(['STRATA-E310', 3]);
    expect(error.message).toContain(socket);
    expect(error.fix).toContain('apt-get install');
    expect(causeChain(error).join('\n')).toContain('ENOENT');
  });

  it('stopped: a socket nobody listens on', async () => {
    const server = createServer();
    server.listen(`${socket}.gone`);
    await once(server, 'listening');
    await link(`${socket}.gone`, socket);
    await new Promise((closed) => server.close(closed));
    const error = await preflight();
    expect(error.code).toBe('STRATA-E311');
    expect(causeChain(error).join('\n')).toContain('ECONNREFUSED');
    expect(error.fix).toContain('systemctl start docker');
  });

  it('not permitted: a socket this user may not open', async () => {
    await listen(createServer());
    await chmod(socket, 0);
    const probe = [
      process.execPath,
      '--import',
      'tsx',
      fileURLToPath(new URL('./preflight-probe.ts', import.meta.url)),
    ];
    const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...probe];
    // Root may open everything, so as root the question is asked by another user.
    const [program = '', ...args] = process.getuid?.() === 0 ? asNobody : probe;
    const { stdout } = await execa(program, args, { env: { HOME: dir, TMPDIR: dir } });
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'STRATA-E312',
      message: expect.stringMatching(/refuses uid \d+/) as string,
    });
  });

  it('no engine: something else answers', async () => {
    await listen(createServer((client) => client.end('220 mail.example ready\r\n')));
    const error = await preflight();
    expect(error.code).toBe('STRATA-E313');
    expect(causeChain(error).length).toBeGreaterThan(1);
  });

  it('no engine: a web server that says yes to everything', async () => {
    await listen(createHttpServer((_request, response) => response.end('<html>welcome</html>')));
    expect((await preflight()).code).toBe('STRATA-E313');
  });

  it('too old, or not for Linux', async () => {
    const answer = { Version: '19.03', ApiVersion: '1.40', Os: 'linux' };
    await listen(createHttpServer((_request, response) => response.end(JSON.stringify(answer))));
    const error = await preflight();
    expect(error.code).toBe('STRATA-E314');
    expect(error.message).toMatch(/19\.03.*1\.40.*1\.41/);
  });

  it('an engine that accepts and never answers costs a deadline, not a hang', async () => {
    const clients: Socket[] = [];
    await listen(createServer((client) => clients.push(client)));
    const engine = connectEngine({ kind: 'socket', path: socket, from: 'a test' });
    const call = engine.call('tell its version', () => engine.docker.version(), { timeoutMs: 200 });
    await expect(call).rejects.toMatchObject({
      code: 'STRATA-E411',
      message: expect.stringContaining('0.2 s') as string,
    });
    for (const client of clients) client.destroy();
  });
});
