import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processTable } from '../../environments/process/process-table.ts';
import { processRemnants } from '../../environments/process/remnants.ts';
import {
  hasEtcd,
  resultsDir,
  startStrata,
  storedTrials,
  strata,
  temporaryDir,
  untilTrialsStored,
} from './cli.fixture.ts';

/** Six short trials on the embedded store: about two seconds each. */
const small = [
  '--env',
  'process',
  '--replicas',
  '1,3',
  '--clients',
  '2',
  '--trials',
  '3',
  '--requests',
  '20',
];
const statuses = (trials: readonly { status: string }[]) => trials.map(({ status }) => status);

interface Output {
  readonly runId: string;
  readonly status: string;
  readonly exitCode: number;
  readonly cells: readonly { readonly correct: boolean | null; readonly trials: Record<string, number> }[];
}

describe('strata killed at once', () => {
  it('loses at most the trial in flight; clean reaps what it left; --resume does exactly what is missing', async () => {
    await using results = await resultsDir();
    await using temporary = await temporaryDir();
    const killed = startStrata(['bench', ...small, '--out', results.path], temporary.env);
    const runId = await untilTrialsStored(results, 2);
    killed.kill('SIGKILL');
    await killed;
    const before = await storedTrials(results.path, runId);

    const cleaned = await strata(['clean', '--out', results.path], temporary.env);
    expect(cleaned.exitCode).toBe(0);
    expect(await processRemnants(runId)).toEqual([]);
    expect(await temporary.left()).toEqual([]);
    expect(await readdir(join(results.path, runId, 'scratch'))).toEqual([]);

    const resumed = await strata(['bench', '--resume', runId, '--out', results.path, '--json']);
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    const after = await storedTrials(results.path, runId);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ trialId }) => trialId)).toEqual([
      't0001',
      't0002',
      't0003',
      't0004',
      't0005',
      't0006',
    ]);
    expect((JSON.parse(resumed.stdout) as Output).status).toBe('complete');
  });
});

describe('strata interrupted', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s keeps what it has, leaves nothing behind and ends with %i', async (signal, exitCode) => {
    await using results = await resultsDir();
    const interrupted = startStrata(['bench', ...small, '--out', results.path, '--json']);
    const runId = await untilTrialsStored(results, 1);
    interrupted.kill(signal);
    const finished = await interrupted;
    expect(finished.exitCode, finished.stderr).toBe(exitCode);
    expect(JSON.parse(finished.stdout)).toMatchObject({ runId, status: 'interrupted', exitCode });
    expect(statuses(await storedTrials(results.path, runId))).toContain('completed');
    expect(await processRemnants(runId)).toEqual([]);
  });
});

describe('two runs at the same time', () => {
  it('do not disturb each other', async () => {
    await using first = await resultsDir();
    await using second = await resultsDir();
    const ends = await Promise.all(
      [first, second].map(({ path }) =>
        strata(['bench', ...small, '--trials', '1', '--out', path, '--json']),
      ),
    );
    for (const end of ends) {
      expect(end.exitCode, end.stderr).toBe(0);
      expect((JSON.parse(end.stdout) as Output).cells.map(({ correct }) => correct)).toEqual([true, true]);
    }
  });
});

describe('strata whose reader leaves', () => {
  it('goes on, and what it measured is kept', async () => {
    await using results = await resultsDir();
    const running = startStrata(['bench', ...small, '--progress', 'plain', '--out', results.path]);
    // Leaving the loop closes the pipe, as `head` does.
    for await (const line of running.iterable({ from: 'stderr' })) if (line.includes('measuring')) break;
    expect(await running).toMatchObject({ exitCode: 0 });
    const [runId = ''] = await results.runIds();
    expect(statuses(await storedTrials(results.path, runId))).toEqual(Array(6).fill('completed'));
  });
});

describe('faults under load', () => {
  const faulty = ['bench', '--env', 'process', '--replicas', '3', '--clients', '4', '--trials', '1'];
  const long = ['--requests', '3000', '--warmup-requests', '5'];

  it.each(['onset', 'onset-batched'])(
    'up to f killed replicas of %s lose nothing: every answer is right and the rest agree',
    async (workload) => {
      await using results = await resultsDir();
      const end = await strata([
        ...faulty,
        ...long,
        '--workload',
        workload,
        '--fault',
        'kill-replica@300ms',
        '--out',
        results.path,
        '--json',
      ]);
      expect(end.exitCode, end.stderr).toBe(0);
      const [runId = ''] = await results.runIds();
      const [trial] = await storedTrials(results.path, runId);
      expect(trial?.verification).toMatchObject({ correct: true, facts: { liveReplicas: 2 } });
      expect(trial?.metrics?.acknowledged).toBe(12_000);
      expect(trial?.annotations.map(({ kind }) => kind)).toContain('kill-replica');
    },
  );

  it('a paused replica catches up and agrees', async () => {
    await using results = await resultsDir();
    const pause = ['--fault', 'pause-replica@200ms+1500ms'];
    const end = await strata([...faulty, ...long, ...pause, '--out', results.path, '--json']);
    expect(end.exitCode, end.stderr).toBe(0);
    const [runId = ''] = await results.runIds();
    const [trial] = await storedTrials(results.path, runId);
    expect(trial?.verification).toMatchObject({ correct: true, facts: { liveReplicas: 3 } });
  });

  const whyNot = hasEtcd || process.env['CI'] === 'true' ? '' : ' (skipped: etcd is not installed)';
  it.skipIf(whyNot !== '')(`a killed store stalls: exit 5, and says what was killed${whyNot}`, async () => {
    await using results = await resultsDir();
    const faults = ['--fault', 'kill-store@200ms', '--request-timeout', '1s'];
    const end = await strata([...faulty, ...long, ...faults, '--out', results.path]);
    expect(end.exitCode, end.stderr).toBe(5);
    expect(end.stdout).toContain('killed by faults: store');
  });

  it('a replica that dies by itself fails its trial: what ended it is told, not a wrong answer', async () => {
    await using results = await resultsDir();
    const running = startStrata([...faulty, ...long, '--progress', 'plain', '--out', results.path]);
    await new Promise<void>((resolve) => {
      running.stderr.on('data', (said: Buffer) => {
        if (said.includes('measuring')) resolve();
      });
    });
    const [runId] = await results.runIds();
    const nodes = (await processTable()()).filter(({ marks }) => marks?.runId === runId);
    process.kill(nodes.find(({ marks }) => marks?.node === 'replica-2')?.pid ?? Number.NaN, 'SIGKILL');
    const end = await running;
    expect(end.exitCode, end.stderr).toBe(5);
    expect(end.stdout).toMatch(/STRATA-E525 replica on replica-2 was ended by SIGKILL/);
    expect(end.stdout).not.toContain('wrong answer');
  });

  it('f+1 killed replicas stall: a clear report, exit 5, and no hang', async () => {
    await using results = await resultsDir();
    const faults = [
      '--fault',
      'kill-replica@100ms',
      '--fault',
      'kill-replica@200ms',
      '--request-timeout',
      '1s',
    ];
    const end = await strata([...faulty, ...long, ...faults, '--out', results.path]);
    expect(end.exitCode, end.stderr).toBe(5);
    expect(end.stdout).toContain('STRATA-E502');
    expect(end.stdout).toMatch(/stalled: \d+ requests without an answer/);
  });
});
