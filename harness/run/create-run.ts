/** Makes the directory of a new run, with its manifest, before anything is started. */
import { execa } from 'execa';
import packageJson from '../../package.json' with { type: 'json' };
import { readHostFacts } from '../../results/store/host-facts.ts';
import { schemaVersion, type Manifest } from '../../results/store/records.ts';
import { createRunDir, type RunDir } from '../../results/store/run-dir.ts';
import { newRunId } from '../../results/store/run-id.ts';
import { hypothesesHash } from '../foundation/hypotheses-hash.ts';
import type { Plan } from '../plan/expand.ts';

export interface RunPlace {
  /** Directory that holds run directories. */
  readonly baseDir: string;
  /** The command line as typed. */
  readonly argv: readonly string[];
}

export async function createRun(plan: Plan, { baseDir, argv }: RunPlace): Promise<RunDir> {
  const now = new Date();
  const manifest: Manifest = {
    schemaVersion,
    runId: newRunId(now),
    strataVersion: packageJson.version,
    commit: await currentCommit(),
    startedAtIso: now.toISOString(),
    resumedAtIso: [],
    argv,
    experiment: { ...plan.experiment },
    seed: plan.seed,
    plan: plan.trials,
    planHash: plan.hash,
    hypotheses: plan.hypotheses,
    hypothesesHash: hypothesesHash(plan.hypotheses),
    host: await readHostFacts(),
    environments: {},
  };
  return await createRunDir(baseDir, manifest);
}

/** The commit of the checkout strata runs from; null where there is none, or no git. */
export async function currentCommit(): Promise<string | null> {
  const directory = import.meta.dirname;
  const git = (...words: string[]) => execa('git', words, { cwd: directory, reject: false });
  const [head, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain', '-uno')]);
  if (head.exitCode !== 0) return null;
  return status.stdout === '' ? head.stdout : `${head.stdout}-dirty`;
}
