/** Contract cases of `exec` and `spawn`. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import type { Node } from '../environment.ts';
import { answerOf } from './answer.ts';
import type { ContractBench } from './bench.ts';
import { patienceMs, putAgent, run } from './bench.ts';

export function commandCases(bench: ContractBench, a: NodeOf): void {
  execResultCases(bench, a);
  lastWordsCase(bench, a);
  execEndCases(bench, a);
  spawnCases(bench, a);
}

type NodeOf = () => Node;

function execResultCases({ test }: ContractBench, a: NodeOf): void {
  test('stdout, stderr and the exit code come back as the command gave them', async () => {
    const result = await run(a(), 'sh', '-c', 'printf out; printf err >&2; exit 7');
    expect(result).toEqual({ exitCode: 7, stdout: 'out', stderr: 'err' });
  });

  test('a command ended by a signal gives 128 + its number', async () => {
    expect((await run(a(), 'sh', '-c', 'kill -KILL $$')).exitCode).toBe(137);
  });

  test('arguments arrive unchanged: spaces, quotes, dollar signs, non-ASCII', async () => {
    const odd = ['two words', `it's "quoted"`, '$HOME', 'größe 測定', ''];
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const result = await run(a(), 'node', '-e', print, '--', ...odd);
    expect(JSON.parse(result.stdout)).toEqual(odd);
  });

  test('stdin reaches the command and ends', async () => {
    const text = 'first line\nsecond line: ä\n';
    const result = await a().exec(['cat'], { ...limits(), stdin: text });
    expect(result.stdout).toBe(text);
  });

  test('without stdin the command reads the end of the file at once', async () => {
    expect(await run(a(), 'cat')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('env is added to the environment of the command', async () => {
    const result = await a().exec(['sh', '-c', 'echo "$GREETING" && command -v sh'], {
      ...limits(),
      env: { GREETING: 'hello there' },
    });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toMatch(/^hello there\n\//);
  });

  test('8 MiB on stdout and on stderr arrive whole', async () => {
    const bytes = 8 * 1024 * 1024;
    const result = await run(a(), 'node', await putAgent(a()), 'flood', String(bytes));
    const expected = sha256('0123456789abcdef'.repeat(bytes / 16));
    expect([result.exitCode, result.stdout.length, result.stderr.length]).toEqual([0, bytes, bytes]);
    expect([sha256(result.stdout), sha256(result.stderr)]).toEqual([expected, expected]);
  });
}

/** Filling a pipe and ending at once: what the pipe still holds at the end belongs to the output. */
function lastWordsCase({ test }: ContractBench, a: NodeOf): void {
  test('the last words of a command that ends at once are not lost', async () => {
    const script = 'head -c 60000 /dev/zero | tr "\\0" x';
    const results = await Promise.all(Array.from({ length: 8 }, () => run(a(), 'sh', '-c', script)));
    expect(results.map((result) => result.stdout.length)).toEqual(results.map(() => 60_000));
  });
}

function execEndCases({ test }: ContractBench, a: NodeOf): void {
  test('a command that does not exist is an error that names it and says why', async () => {
    const error = await failure(run(a(), 'no-such-command-here'));
    expect(error).toBeInstanceOf(StrataError);
    expect((error as StrataError).fix).not.toBe('');
    expect(causeChain(error).join('\n')).toMatch(/no-such-command-here/);
    expect(causeChain(error).join('\n')).toMatch(/ENOENT|not found|no such file/i);
  });

  test('a command over its time limit is ended and the error says the limit', async () => {
    const port = await a().allocatePort();
    const command = ['node', await putAgent(a()), 'serve', String(port), 'late'] as const;
    const error = await failure(
      a().exec(command, { signal: new AbortController().signal, timeoutMs: 1_500 }),
    );
    expect(error).toBeInstanceOf(StrataError);
    expect((error as StrataError).message).toMatch(/1\.5 s/);
    await expectRefused(a(), port);
  });

  test('an aborted command is ended and rejects with the reason of the abort', async () => {
    const port = await a().allocatePort();
    const abort = new AbortController();
    const command = ['node', await putAgent(a()), 'serve', String(port), 'late'] as const;
    const outcome = failure(a().exec(command, { signal: abort.signal, timeoutMs: patienceMs }));
    await expect.poll(() => answerOf(a().address, port), { timeout: patienceMs }).toBe('late');
    abort.abort(new Error('called off'));
    expect(causeChain(await outcome)).toContain('called off');
    await expectRefused(a(), port);
  });

  test('a signal that was aborted before keeps the command from running', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    const error = await failure(
      a().exec(['touch', `${a().workDir}/never`], { signal, timeoutMs: patienceMs }),
    );
    expect(causeChain(error)).toContain('too late');
    expect((await run(a(), 'test', '-e', `${a().workDir}/never`)).exitCode).toBe(1);
  });
}

function spawnCases({ test }: ContractBench, a: NodeOf): void {
  test('exited resolves with the exit code, and the log keeps both streams in order', async () => {
    const script = 'echo one; echo two >&2; echo three; exit 3';
    const process = await a().spawn(['sh', '-c', script], { name: 'ordered' });
    expect(await process.exited).toBe(3);
    expect(await process.logTail(10)).toBe('one\ntwo\nthree');
    expect(await process.logTail(2)).toBe('two\nthree');
  });

  test('a spawned command gets its env and no stdin', async () => {
    const process = await a().spawn(['sh', '-c', 'cat; echo "$GREETING"'], {
      name: 'environment',
      env: { GREETING: 'hello' },
    });
    expect(await process.exited).toBe(0);
    expect(await process.logTail(1)).toBe('hello');
  });

  test('SIGTERM can be answered by the process, SIGKILL cannot', async () => {
    const command = ['node', await putAgent(a()), 'stubborn'] as const;
    const process = await a().spawn(command, { name: 'stubborn' });
    await expect.poll(() => process.logTail(5), { timeout: patienceMs }).toBe('ready');
    await process.signal('SIGTERM');
    await expect.poll(() => process.logTail(1), { timeout: patienceMs }).toBe('not yet');
    await process.signal('SIGKILL');
    expect(await process.exited).toBe(137);
  });

  test('a signal to a process that has ended is harmless', async () => {
    const process = await a().spawn(['true'], { name: 'brief' });
    expect(await process.exited).toBe(0);
    await process.signal('SIGTERM');
    await process.signal('SIGKILL');
  });

  test('spawning a command that does not exist is an error that names it and says why', async () => {
    const error = await failure(a().spawn(['no-such-daemon-here'], { name: 'missing' }));
    expect(causeChain(error).join('\n')).toMatch(/no-such-daemon-here/);
    expect(causeChain(error).join('\n')).toMatch(/ENOENT|not found|no such file/i);
  });
}

function limits() {
  return { signal: new AbortController().signal, timeoutMs: patienceMs };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What a promise rejects with; resolving is the failure. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ failed: false as const }),
    (error: unknown) => ({ failed: true as const, error }),
  );
  if (!outcome.failed) expect.fail('expected a rejection');
  return outcome.error;
}

/** Where ports of the host are passed on, the connection is taken and closed without a word. */
async function expectRefused(node: Node, port: number): Promise<void> {
  await expect
    .poll(() => answerOf(node.address, port), { timeout: patienceMs })
    .toMatch(/^(ECONNREFUSED|ECONNRESET|)$/);
}
