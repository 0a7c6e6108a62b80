/** A run over the fake environment and the fake workload, in a directory that is removed with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createFakeEnvironment,
  type FakeEnvironmentScript,
} from '../../environments/fake/fake-environment.ts';
import type { Environment, StorageMedia } from '../../environments/environment.ts';
import { openRunDir } from '../../results/store/open-run.ts';
import { resumeRunDir } from '../../results/store/run-dir.ts';
import { createFakeWorkload, type FakeWorkloadScript } from '../../workloads/fake/fake-workload.ts';
import type { ProgressEvent } from '../cli/progress/progress-event.ts';
import { expandPlan } from '../plan/expand.ts';
import { resolveExperiment } from '../plan/resolve.ts';
import { createRun } from './create-run.ts';
import { executePlan } from './run.ts';

export interface Script {
  readonly environment?: FakeEnvironmentScript;
  /** What the fake environment is a layer over; host processes unless told. */
  readonly real?: Environment & StorageMedia;
  readonly workload?: FakeWorkloadScript;
  readonly signal?: AbortSignal;
  readonly retries?: number;
  readonly keepOnFailure?: boolean;
}

/** Two cells × `trials` blocks, unless other flags are given; nothing is started until `execute` or `resume`. */
export async function fakeRun(trials = 2, given: Readonly<Record<string, string>> = {}) {
  const baseDir = await mkdtemp(join(tmpdir(), 'strata run é-'));
  const flags = {
    replicas: '1,3',
    clients: '1',
    trials: String(trials),
    requests: '10',
    seed: '7',
    ...given,
  };
  const plan = expandPlan(resolveExperiment({ flags, environment: {} }));
  const created = await createRun(plan, { baseDir, argv: ['bench'] });
  await created[Symbol.asyncDispose]();
  const { path } = created;
  const events: ProgressEvent[] = [];
  const execute = async (script: Script = {}) => {
    await using run = await resumeRunDir(path, new Date());
    const fake = createFakeEnvironment(script.environment, script.real);
    const workload = createFakeWorkload(script.workload);
    return await executePlan(run, {
      environmentFor: () => fake,
      workloadFor: () => workload,
      progress: { show: (event) => void events.push(event), [Symbol.asyncDispose]: () => Promise.resolve() },
      signal: script.signal ?? new AbortController().signal,
      retries: script.retries ?? 1,
      keepOnFailure: script.keepOnFailure ?? false,
    });
  };
  return {
    path,
    plan,
    events,
    execute,
    stored: () => openRunDir(path),
    [Symbol.asyncDispose]: () => rm(baseDir, { recursive: true, force: true }),
  };
}
