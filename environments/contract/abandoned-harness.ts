/** A harness that opens an environment, starts nodes with processes on them, says so, and waits to be killed. */
import path from 'node:path';
import type { Environment } from '../environment.ts';
import { registerLiveRun } from '../live-runs.ts';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { answerOf } from './answer.ts';
import { agentSource } from './agent-source.ts';

const [moduleUrl, exportName, runId, logDir] = process.argv.slice(2);
if (moduleUrl === undefined || exportName === undefined || runId === undefined || logDir === undefined) {
  throw new Error('usage: abandoned-harness MODULE-URL EXPORT RUN-ID LOG-DIR');
}

const loaded = (await import(moduleUrl)) as Record<string, () => Environment>;
const makeEnvironment = loaded[exportName];
if (makeEnvironment === undefined) throw new Error(`${moduleUrl} exports no ${exportName}`);

await registerLiveRun(runId);
const signal = new AbortController().signal;
const open = await makeEnvironment().open({ runId, logDir, signal, progress: () => undefined });
const started = await open.start({
  trialId: 't0001',
  nodes: ['a', 'b'].map((name) => ({ name, storage: 'disk' })),
  signal,
});
for (const node of started.nodes) {
  const agent = path.posix.join(node.workDir, 'agent.cjs');
  await node.put(Buffer.from(agentSource), agent);
  const ports = [await node.allocatePort(), await node.allocatePort()];
  await node.spawn(['node', agent, 'family', ...ports.map(String)], { name: 'family' });
  for (const port of ports) await waitForAnswer(node.address, port);
}
process.stdout.write('serving\n');
setInterval(() => undefined, 60_000);

function waitForAnswer(address: string, port: number): Promise<true> {
  const what = `an answer from ${address}:${port}`;
  return waitFor(
    { what, timeoutMs: 180_000, signal, code: 'STRATA-E100', fix: 'look at the logs' },
    async () => ((await answerOf(address, port)) === 'generation' ? true : undefined),
  );
}
