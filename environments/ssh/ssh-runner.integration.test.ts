import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import { failure } from '../contract/commands.cases.ts';
import type { CommandRunner, OutputPiece } from '../command/command-runner.ts';
import { execOnNode, runToEnd, spawnOnNode } from '../command/processes.ts';
import { connectSsh, type SshConnection } from './connection.ts';
import { sshRunner } from './ssh-runner.ts';
import { startRelay, startServer, whyNoServer, type TestServer } from './sshd.fixture.ts';

const unavailable = await whyNoServer();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

const limits = () => ({ signal: new AbortController().signal, timeoutMs: 20_000 });

describe.skipIf(unavailable !== null)('commands over SSH', () => {
  let server: TestServer;
  let connection: SshConnection;
  let runner: CommandRunner;
  beforeAll(async () => {
    server = await startServer();
    connection = await connectSsh(server.target);
    runner = sshRunner(connection, server.dir);
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const run = (...command: readonly [string, ...string[]]) => execOnNode(runner, command, limits());
  const sh = (script: string) => run('sh', '-c', script);
  const spawn = (script: string, name: string) =>
    spawnOnNode(runner, ['sh', '-c', script], { name, env: {}, logDir: server.dir });
  /** What nobody has collected yet does not run any more. */
  const isRunning = (pid: string) =>
    readFile(`/proc/${pid}/stat`, 'utf8').then(
      (line) => !line.includes(') Z '),
      () => false,
    );
  const inDir = (name: string) => path.join(server.dir, name);

  it('give stdout, stderr and exit code, in the directory and with the variables asked for', async () => {
    const command = ['sh', '-c', 'pwd; echo "$WORD" >&2; exit 7'] as const;
    const result = await execOnNode(runner, command, { ...limits(), env: { WORD: "it's $HOME" } });
    expect(result).toEqual({ exitCode: 7, stdout: `${server.dir}\n`, stderr: "it's $HOME\n" });
  });

  it('give 128 + its number for a signal', async () => {
    expect((await sh('kill -KILL $$')).exitCode).toBe(137);
    expect((await sh('kill -USR1 $$')).exitCode).toBe(138);
  });

  it('that end at once lose neither exit code nor last words, side by side', async () => {
    const results = await Promise.all(
      Array.from({ length: 24 }, (_, index) => sh(`printf ${index}; exit ${index}`)),
    );
    expect(results.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
      results.map((_, index) => [index, String(index)]),
    );
  });

  it('keep their exit code when all they have to say arrives in one packet', async () => {
    await using relay = await startRelay(server.target.port);
    await using slow = await connectSsh({ ...server.target, port: relay.port });
    relay.gather(400);
    expect((await execOnNode(sshRunner(slow, server.dir), ['sh', '-c', 'exit 5'], limits())).exitCode).toBe(
      5,
    );
  });

  it('read their input to its end, and an empty file without one', async () => {
    const input = randomBytes(3_000_000);
    const { stdout } = await runToEnd(runner, ['sha256sum'], { ...limits(), stdin: input });
    expect(stdout.toString()).toContain(createHash('sha256').update(input).digest('hex'));
    expect((await run('cat')).stdout).toBe('');
    expect((await execOnNode(runner, ['cat'], { ...limits(), stdin: '' })).stdout).toBe('');
  });

  it('may end without reading their input', async () => {
    const stdin = 'x'.repeat(5_000_000);
    expect((await execOnNode(runner, ['true'], { ...limits(), stdin })).exitCode).toBe(0);
  });

  it('give 12 MiB on each stream whole', async () => {
    const bytes = 12 * 1024 * 1024;
    const script = `head -c ${bytes} /dev/zero & head -c ${bytes} /dev/zero >&2; wait`;
    const { stdout, stderr } = await sh(script);
    expect([stdout.length, stderr.length]).toEqual([bytes, bytes]);
  });

  it('wait while their output is not taken', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let received = 0;
    const script = `head -c 40000000 /dev/zero; echo done > ${inDir('flooded')}`;
    const running = await runner.start({
      command: ['sh', '-c', script],
      env: {},
      stdin: null,
      merged: false,
      onOutput: async ({ payload }: OutputPiece) => {
        received += payload.length;
        await held;
      },
    });
    await sleep(300);
    await expect(stat(inDir('flooded'))).rejects.toThrow('ENOENT');
    expect(received).toBeLessThan(5_000_000);
    release();
    expect([await running.exited, received]).toEqual([0, 40_000_000]);
  });

  it('that close their output keep their exit code', async () => {
    expect((await sh('exec >&- 2>&-; sleep 0.2; exit 9')).exitCode).toBe(9);
  });

  it('log both streams in the order of writing', async () => {
    const spawned = await spawn('echo one; echo two >&2; echo three; exit 3', 'ordered');
    expect(await spawned.exited).toBe(3);
    expect(await spawned.logTail(10)).toBe('one\ntwo\nthree');
  });

  it('get a signal with all their children, and none when they have ended', async () => {
    const spawned = await spawn('sleep 60 & echo $!; wait', 'family');
    await expect.poll(() => spawned.logTail(1)).toMatch(/^\d+$/);
    const child = await spawned.logTail(1);
    expect(await isRunning(child)).toBe(true);
    await spawned.signal('SIGTERM');
    expect(await spawned.exited).toBe(143);
    await expect.poll(() => isRunning(child)).toBe(false);
    await spawned.signal('SIGKILL');
  });

  it('over their time are ended', async () => {
    const command = ['sh', '-c', `echo $$ > ${inDir('late')}; exec sleep 60`] as const;
    const error = await failure(runToEnd(runner, command, { ...limits(), timeoutMs: 500 }));
    expect(error).toMatchObject({ code: 'STRATA-E435' });
    const pid = (await readFile(inDir('late'), 'utf8')).trim();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('that cannot be run say why: no program, no directory, too long', async () => {
    const reasons = async (start: Promise<unknown>) => causeChain(await failure(start)).join('\n');
    expect(await reasons(run('no-such-program'))).toMatch(
      /"no-such-program" cannot be run on node a.*ENOENT/s,
    );
    expect(await reasons(run('echo', 'x'.repeat(200_000)))).toMatch(/E2BIG/);
    const astray = sshRunner(connection, inDir('absent'));
    expect(await reasons(execOnNode(astray, ['true'], limits()))).toMatch(/absent/);
  });

  describe('whose connection ends', () => {
    const doomed = async (port: number, name: string) => {
      const end = await connectSsh({ ...server.target, port });
      const [pids, there] = [inDir(`${name}.pid`), sshRunner(end, server.dir)];
      const command = ['sh', '-c', `echo $$ >> ${pids}; exec sleep 60`] as const;
      const spawned = await spawnOnNode(there, command, { name, env: {}, logDir: server.dir });
      const exec = execOnNode(there, command, limits());
      exec.catch(() => undefined);
      await expect.poll(() => readFile(pids, 'utf8').catch(() => '')).toMatch(/^\d+\n\d+\n$/);
      // The server is the host's own: what would die with a machine has to be ended here.
      const remove = () => sh(`kill -KILL $(cat ${pids})`);
      return { end, there, spawned, exec, [Symbol.asyncDispose]: () => remove().then(() => undefined) };
    };

    it('count as killed when we abandoned the node', async () => {
      await using victim = await doomed(server.target.port, 'abandoned');
      victim.end.abandon();
      expect(await victim.spawned.exited).toBe(137);
      expect(await victim.exec).toMatchObject({ exitCode: 137 });
      await victim.spawned.signal('SIGKILL');
      expect(await failure(execOnNode(victim.there, ['true'], limits()))).toMatchObject({
        code: 'STRATA-E434',
      });
    });

    it('count as killed when it was lost, and whoever waits is told', async () => {
      await using relay = await startRelay(server.target.port);
      await using victim = await doomed(relay.port, 'lost');
      relay.cut();
      expect(await victim.spawned.exited).toBe(137);
      expect(await failure(victim.exec)).toMatchObject({ code: 'STRATA-E433' });
      expect(await failure(victim.spawned.logTail(1))).toMatchObject({ code: 'STRATA-E433' });
    });
  });
});
