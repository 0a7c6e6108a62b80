/** A node that lives for one probe: started through the environment's own contract, so the probe tests what runs use. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Node } from '../../../environments/environment.ts';
import type { BootMode } from '../../foundation/cell.ts';
import { registerLiveRun } from '../../../environments/live-runs.ts';

/** Opens the environment, starts one node, lets `work` use it, and removes everything again. */
export async function withProbeNode<T>(
  environment: Environment,
  signal: AbortSignal,
  work: (node: Node) => Promise<T>,
  /** Machines boot from nothing where `cold`: a prepared one would stay behind. */
  boot?: BootMode,
): Promise<T> {
  const runId = `doctor-${randomBytes(3).toString('hex')}`;
  const logDir = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  const live = await registerLiveRun(runId);
  try {
    await using open = await environment.open({ runId, logDir, signal, progress: () => undefined });
    await using trial = await open.start({
      trialId: 'probe',
      nodes: [{ name: 'probe', storage: 'disk' }],
      signal,
      ...(boot === undefined ? {} : { boot }),
    });
    const [node] = trial.nodes;
    if (node === undefined) throw new Error(`the environment ${environment.name} started no node`);
    return await work(node);
  } finally {
    await live[Symbol.asyncDispose]();
    await rm(logDir, { recursive: true, force: true });
  }
}
