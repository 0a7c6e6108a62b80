/** Contract cases of `reap`: what a killed harness left goes, what a live run has stays. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ContractBench } from './bench.ts';
import { disk, freshRunId, nodeNamed } from './bench.ts';
import { forgetDeadRun, isLive } from '../live-runs.ts';
import { answerOf } from './answer.ts';
import { serve } from './network.cases.ts';

export function reapCases({ test, open, options, makeEnvironment }: ContractBench): void {
  test(
    'what a killed harness left is removed and named; what a live run has is not touched',
    async () => {
      await using live = await open();
      await using started = await live.start([disk('a')]);
      const a = nodeNamed(started.nodes, 'a');
      const port = await serve(a, 'live');
      const deadRunId = freshRunId();
      await abandonRun(options.factory, deadRunId);
      expect(await options.remnants(deadRunId)).not.toEqual([]);

      // Everything but the abandoned run counts as live: other runs on this machine are none of this test's.
      const signal = new AbortController().signal;
      const removed = await makeEnvironment().reap((runId) => runId !== deadRunId, signal);

      expect(removed.length).toBeGreaterThan(0);
      expect(new Set(removed.map((leftover) => leftover.runId))).toEqual(new Set([deadRunId]));
      expect(await options.remnants(deadRunId)).toEqual([]);
      expect(await answerOf(a.address, port)).toBe('live');
      expect([isLive(live.runId), isLive(deadRunId)]).toEqual([true, false]);
      await forgetDeadRun(deadRunId);
    },
    'reap',
  );

  test(
    'reaping where nothing is left removes nothing',
    async () => {
      const signal = new AbortController().signal;
      expect(await makeEnvironment().reap(() => true, signal)).toEqual([]);
    },
    'reap',
  );
}

/** Runs a harness in a process of its own until its nodes serve, then kills it as `kill -9` would. */
async function abandonRun(factory: { readonly module: URL; readonly exportName: string }, runId: string) {
  const logDir = await mkdtemp(path.join(tmpdir(), 'contract logs '));
  const program = fileURLToPath(new URL('./abandoned-harness.ts', import.meta.url));
  const harness = spawn(
    process.execPath,
    ['--import', 'tsx', program, factory.module.href, factory.exportName, runId, logDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    await firstLine(harness);
  } finally {
    harness.kill('SIGKILL');
    await once(harness, 'exit');
    await rm(logDir, { recursive: true, force: true });
  }
}

async function firstLine(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('the harness has no stdout');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (line === 'serving') return;
  }
  throw new Error('the harness ended before its nodes served');
}
