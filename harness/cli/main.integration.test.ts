/** The command line as a user meets it: real child processes, real runs on host processes. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa, type Options } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchOutputSchema } from './json/bench-output.ts';
import { doctorOutputSchema } from './json/doctor-output.ts';

const root = resolve(import.meta.dirname, '../..');
const entry = join(root, 'harness/cli/main.ts');
const small = [
  '--replicas',
  '1',
  '--clients',
  '2',
  '--trials',
  '1',
  '--requests',
  '50',
  '--warmup-requests',
  '5',
];
let out: string;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'strata cli ü-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

function start(args: readonly string[], options: Options = {}) {
  return execa('node', ['--import', 'tsx', entry, ...args], {
    cwd: root,
    reject: false,
    ...options,
    // The test runner asks for colour in CI, and its children inherit that.
    env: { FORCE_COLOR: '0', ...options.env },
    encoding: 'utf8',
  });
}

async function strata(...args: string[]) {
  const { exitCode, stdout, stderr } = await start(args, { timeout: 60_000 });
  return { exitCode, stdout: String(stdout), stderr: String(stderr) };
}

describe('bench', () => {
  it('prints exactly one document with --json, keeps progress on stderr, and leaves the report', async () => {
    const { exitCode, stdout, stderr } = await strata(...small, '--json', '--out', out);
    const document = benchOutputSchema.parse(JSON.parse(stdout));
    expect([exitCode, document.exitCode, document.status]).toEqual([0, 0, 'complete']);
    expect(document.cells[0]).toMatchObject({ correct: true, factors: { sharedMemory: 'embedded' } });
    expect(stderr).toContain('measuring');
    expect(await readFile(document.report ?? '', 'utf8')).toContain('Every answer correct');
  });

  it('exits with 10 for a missed threshold, and says the number', async () => {
    const { exitCode, stdout } = await strata(...small, '--out', out, '-q', '--threshold', 'p50<1us');
    expect(exitCode).toBe(10);
    expect(stdout).toMatch(/✗ FAIL p50<1us: [\d.]+ ms/);
  });

  it('exits with 10 for a threshold whose metric has no value', async () => {
    const { exitCode, stdout } = await strata(...small, '--out', out, '-q', '--threshold', 'p999<1h');
    expect(exitCode).toBe(10);
    expect(stdout).toContain('? UNKNOWN p999<1h');
  });

  it('starts nothing with --dry-run', async () => {
    const before = await readdir(out);
    const { exitCode, stdout } = await strata(...small, '--out', out, '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 trials');
    expect(await readdir(out)).toEqual(before);
  });

  it('keeps what it has when it is interrupted, and exits with 130', async () => {
    const directory = join(out, 'interrupted');
    const args = [...small, '--trials', '500', '--out', directory, '--json', '--progress', 'json'];
    const child = start(args, { timeout: 60_000 });
    await seen(child, '"trial-finished"');
    child.kill('SIGINT');
    const { exitCode, stdout } = await child;
    const document = benchOutputSchema.parse(JSON.parse(String(stdout)));
    expect([exitCode, document.exitCode, document.status]).toEqual([130, 130, 'interrupted']);
    expect(document.cells[0]?.trials.completed).toBeGreaterThan(0);
  });
});

describe('what a run left', () => {
  it('can be listed, shown and reported again', async () => {
    expect((await strata('list', '--out', out)).stdout).toContain('complete');
    expect((await strata('show', 'latest', '--out', out)).stdout).toContain('acknowledged');
    const { stdout } = await strata('report', '--out', out);
    expect(existsSync(stdout.trim())).toBe(true);
  });

  it('is removed by clean when the run was killed, and left alone while it lives', async () => {
    const directory = join(out, 'killed');
    const args = [...small, '--requests', '2000000', '--out', directory, '--progress', 'plain'];
    const child = start(args, { timeout: 60_000 });
    await seen(child, 'measuring');
    const [runId = 'none'] = await readdir(directory);
    const alive = await strata('clean');
    expect(alive.stdout).toContain(`left alone:`);
    expect(alive.stdout).not.toContain(`removed ${runId}`);
    child.kill('SIGKILL');
    await child;
    const { exitCode, stdout } = await strata('clean');
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`removed ${runId}: process`);
    expect((await strata('clean')).stdout).not.toContain(runId);
  });
});

describe('a mistake on the command line', () => {
  it.each([
    [['--replcas', '3'], 'did you mean --replicas?'],
    [['--replicas', '2'], 'replicas'],
    [['--threshold', 'p98<1ms'], 'p98'],
    [['--progress', 'loud'], 'loud'],
    [['benhc'], 'did you mean bench?'],
    [['compare', 'a', 'b'], 'there is no run "a"'],
    [['serve'], 'not part of this version'],
    [['show', 'nothing'], 'there is no run "nothing"'],
    [['doctor', '--env', 'dokcer'], 'did you mean docker?'],
    [['--config', 'nowhere.yaml'], 'nowhere.yaml'],
  ])('%j exits with 2, says what, and shows no stack', async (args, part) => {
    const { exitCode, stdout, stderr } = await strata(...args, '--out', out);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(part);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
  });

  it('is told apart from a damaged run', async () => {
    const damaged = join(out, 'damaged');
    await rm(damaged, { recursive: true, force: true });
    await writeFile(damaged, 'not a directory');
    const { exitCode, stderr } = await strata('show', damaged);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('E260');
  });

  it('names the forgotten -- of npm run', async () => {
    const { exitCode, stderr } = await execa('npm', ['run', '--silent', 'bench', '--env', 'docker'], {
      cwd: root,
      reject: false,
    });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('npm run bench -- --env docker');
  });
});

describe('doctor', () => {
  it('finds this machine ready for the process environment', async () => {
    const { exitCode, stdout } = await strata('doctor', '--env', 'process', '--json');
    expect(exitCode).toBe(0);
    const { checks } = JSON.parse(stdout) as { checks: { id: string; state: string }[] };
    expect(checks.filter(({ state }) => state === 'fail')).toEqual([]);
  });

  it('says of a machine without QEMU what to install, and exits with 3 when that was asked about', async () => {
    const bare = join(out, 'bare');
    await mkdir(bare);
    await symlink(process.execPath, join(bare, 'node'));
    const { exitCode, stdout } = await start(['doctor', '--env', 'vm', '--json'], { env: { PATH: bare } });
    expect(exitCode).toBe(3);
    const { checks } = doctorOutputSchema.parse(JSON.parse(String(stdout)));
    expect(checks.find(({ id }) => id === 'vm-qemu')).toMatchObject({
      state: 'fail',
      advice: expect.stringContaining('apt-get install') as string,
      fixes: ['install-qemu'],
    });
    expect(checks.find(({ id }) => id === 'vm-machine')?.detail).toContain('not tried');
  });

  it('does not run fixes unasked', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const { exitCode, stderr } = await start(['doctor', '--env', 'docker', '--fix'], {
      env,
      stdin: 'ignore',
    });
    expect(exitCode).toBe(2);
    expect(String(stderr)).toContain('--fix --yes');
  });
});

/** Resolves when the child has written the text to stderr; its own time limit bounds the wait. */
async function seen(child: ReturnType<typeof start>, text: string): Promise<void> {
  let written = '';
  child.stderr?.on('data', (chunk: Buffer | string) => (written += String(chunk)));
  while (!written.includes(text)) {
    if (child.exitCode !== null) throw new Error(`ended before it said ${text}: ${written}`);
    await sleep(20);
  }
}
