import { describe, expect, it } from 'vitest';
import { resultsDir, storedTrials, strata } from './cli.fixture.ts';
import { whyNoServer } from './mysql-servers.fixture.ts';

const missing = whyNoServer();
const why = missing === null ? '' : ` (skipped: ${missing})`;

/** One trial of three instances that insert for about three seconds, as a user would ask for it. */
async function trialUnder(fault: string, ...words: readonly string[]) {
  await using results = await resultsDir();
  const load = ['--replicas', '3', '--clients', '6', '--inserts-per-minute', '6000', '--aggregation', '5'];
  const size = [
    '--requests',
    '150',
    '--warmup-requests',
    '7',
    '--trials',
    '1',
    '--retries',
    '0',
    '--seed',
    '5',
  ];
  const { exitCode, stdout } = await strata([
    ...['bench', '--env', 'process', '--workload', 'mysql', ...load, ...size],
    ...['--fault', fault, ...words, '--out', results.path],
  ]);
  const [runId = ''] = await results.runIds();
  const [trial] = await storedTrials(results.path, runId);
  if (trial === undefined) throw new Error(stdout);
  const texts = (kind: string) =>
    trial.annotations.filter((one) => one.kind === kind).map(({ text }) => text);
  return { exitCode, stdout, trial, texts };
}

/** Numbers of tuples in sentences such as `db-3 was not sent 250 tuples of loop 0 of db-1: 100–349`. */
const countIn = (sentences: readonly string[]) =>
  sentences.reduce((sum, text) => sum + Number(/ (\d+) tuples of loop \d of db-\d: /.exec(text)?.[1]), 0);

describe.skipIf(missing !== null)(`a database that is killed in the middle of the main loop${why}`, () => {
  it('gets what it missed after its return, and both are recorded', async () => {
    const { exitCode, trial, texts } = await trialUnder(
      'kill-database@500ms+500ms',
      '--on-peer-loss',
      'retry',
    );
    expect(exitCode, trial.cause?.message).toBe(0);
    expect(trial.verification).toMatchObject({
      correct: true,
      statement: '942 tuples of 3 instances = 942 on each of 3 databases',
    });
    const [killed = '', back = ''] = texts('kill-database');
    expect(killed).toMatch(/^database of db-\d killed$/);
    expect(back).toMatch(
      new RegExp(`^${killed.slice(0, -' killed'.length)} answers again, \\d+\\.\\d s after`),
    );
    expect(texts('peer-loss').length).toBeGreaterThanOrEqual(6);
    expect(texts('not-delivered')).toEqual([]);
    expect(trial.metrics?.unanswered).toBe(0);
  });

  it('lacks exactly the tuples that the report names, loop by loop', async () => {
    const { exitCode, trial, texts } = await trialUnder(
      'kill-database@500ms+500ms',
      ...['--on-peer-loss', 'drop-and-report'],
    );
    expect(exitCode, trial.cause?.message).toBe(0);
    const { correct, statement, facts } = trial.verification ?? {};
    expect(correct).toBe(true);
    expect(facts?.['droppedTuples']).toBeGreaterThan(0);
    expect(countIn(texts('not-delivered'))).toBe(facts?.['droppedTuples']);
    const lost = 942 - Number(facts?.['droppedTuples']);
    expect(statement).toContain(`942 tuples of 3 instances = `);
    expect(statement).toContain(String(lost));
  });

  it('ends the trial where no loss is allowed, which names it and keeps when it was killed', async () => {
    const { exitCode, stdout, trial, texts } = await trialUnder('kill-database@500ms+500ms');
    expect(exitCode).toBe(5);
    const [killed = ''] = texts('kill-database');
    const name = /db-\d/.exec(killed)?.[0] ?? 'nothing was killed';
    expect(trial.cause).toMatchObject({ code: 'STRATA-E547' });
    expect(trial.cause?.message).toContain(`the database of ${name} was lost`);
    expect(stdout).toContain('[fails-by-design]');
  });

  it('for good leaves the others to go on, and itself what its agent could still send', async () => {
    const { exitCode, trial, texts } = await trialUnder(
      'kill-database@700ms',
      ...['--on-peer-loss', 'drop-and-report'],
    );
    expect(exitCode, trial.cause?.message).toBe(0);
    const [killed = ''] = texts('kill-database');
    expect(killed).toMatch(/^database of db-\d killed for good$/);
    const statement = trial.verification?.statement ?? '';
    expect(trial.verification).toMatchObject({ correct: true, facts: { databasesChecked: 2 } });
    const own = Number(/ended for good after (\d+) tuples of its own$/.exec(statement)?.[1]);
    expect(own).toBeGreaterThan(0);
    expect(own).toBeLessThan(314);
    expect(statement).toContain(`${628 + own} tuples of 3 instances = ${628 + own} on each of 2 databases`);
    // Of what its loops had to do: the insert that failed is an error each, the rest never began.
    expect(trial.driver?.['neverSent']).toBe(314 - own - 2);
  });
});
