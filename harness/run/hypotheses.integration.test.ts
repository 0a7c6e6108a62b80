/** A claim from the experiment file to its verdict, over real processes. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../results/store/records.ts';
import { benchOutputSchema } from '../cli/json/bench-output.ts';
import { hypothesesHash } from '../foundation/hypotheses-hash.ts';
import { resultsDir, strata, type Finished } from './cli.fixture.ts';

/** Margins so wide that no noise of the machine can change a verdict: that is not what is tested here. */
const experiment = `
name: claims
env: process
replicas: 1
clients: [1, 2]
trials: 5
requests: 200
warmupRequests: 2
hypotheses:
  - 'all: process completes'
  - 'near: throughput of clients=2 >= 0.002 x clients=1'
  - id: far
    statement: two clients are served five hundred times as fast as one
    metric: throughput
    claim: at-least
    treatment: { clients: 2 }
    baseline: { clients: 1 }
    margin: 500
`;

let results: Awaited<ReturnType<typeof resultsDir>>;
let config: string;
let run: Finished;

beforeAll(async () => {
  results = await resultsDir();
  config = join(results.path, 'claims.yaml');
  await writeFile(config, experiment);
  run = await strata(['bench', '--config', config, '--seed', '1', '--out', results.path, '--json']);
});
afterAll(() => results[Symbol.asyncDispose]());

async function manifest() {
  const [runId = ''] = await results.runIds();
  const path = join(results.path, runId, 'manifest.json');
  return { path, stored: JSON.parse(await readFile(path, 'utf8')) as Manifest };
}
const parsed = ({ stdout }: Finished) => benchOutputSchema.parse(JSON.parse(stdout));

describe('a hypothesis of an experiment file', () => {
  it('is judged after the last trial; one that is refuted is a result and no failure', () => {
    expect(run.exitCode, run.stderr).toBe(0);
    const { hypotheses, cells } = parsed(run);
    expect(hypotheses.map(({ id, verdict, n }) => [id, verdict, n])).toEqual([
      ['all', 'supported', 10],
      ['near', 'supported', 10],
      ['far', 'refuted', 10],
    ]);
    expect(hypotheses[2]).toMatchObject({
      statement: 'two clients are served five hundred times as fast as one',
      ...{ metric: 'throughput', claim: 'at-least', margin: 500, family: 'confirmatory' },
      comparisons: [{ trials: { treatment: 5, baseline: 5 }, verdict: 'refuted' }],
    });
    const [one, two] = cells.map(({ metrics }) => metrics?.throughputPerS.mean ?? NaN);
    expect(hypotheses[2]?.estimate).toBeCloseTo((two ?? NaN) / (one ?? NaN), 9);
  });

  it('is stored with the hash that was there before the first trial', async () => {
    const { stored } = await manifest();
    const planned = await strata(['bench', '--config', config, '--seed', '1', '--dry-run', '--json']);
    const plan = JSON.parse(planned.stdout) as { readonly hypothesesHash: string };
    expect(stored.hypotheses.map(({ id }) => id)).toEqual(['all', 'near', 'far']);
    expect(stored.hypothesesHash).toBe(plan.hypothesesHash);
    expect(stored.hypothesesHash).toBe(hypothesesHash(stored.hypotheses));
    expect(parsed(run).warnings.map(({ code }) => code)).not.toContain('hypotheses-changed');
  });

  it('that was changed in the stored run is told from the one that was declared', async () => {
    const { path, stored } = await manifest();
    const moved = stored.hypotheses.map((one) => (one.id === 'far' ? { ...one, margin: 0.5 } : one));
    await writeFile(path, JSON.stringify({ ...stored, hypotheses: moved }));
    const shown = await strata(['show', 'latest', '--out', results.path, '--json']);
    expect(parsed(shown).warnings).toContainEqual(
      expect.objectContaining({
        code: 'hypotheses-changed',
        message: expect.stringContaining(stored.hypothesesHash?.slice(0, 12) ?? 'none') as string,
      }),
    );
  });
});
