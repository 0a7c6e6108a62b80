/**
 * A harness whose temporary directory is nearly full, for tests: the guest writes more than there is room for, then a
 * machine is to be started with no room at all. Tells what came of it as one line of JSON.
 */
import { readdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asError, causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { isFailureDetecting, type OpenEnvironment, type StartedNodes } from '../environment.ts';
import { registerLiveRun } from '../live-runs.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { createVmEnvironment } from './vm-environment.ts';

const [runId, logDir] = process.argv.slice(2);
if (runId === undefined || logDir === undefined) throw new Error('usage: small-disk-process RUN-ID LOG-DIR');

const { signal } = new AbortController();
const told = (error: unknown) => ({
  code: error instanceof StrataError ? error.code : null,
  fix: error instanceof StrataError ? error.fix : null,
  causes: causeChain(error),
});

const live = await registerLiveRun(runId);
const open = await createVmEnvironment().open({ runId, logDir, signal, progress: () => undefined });
const overfull = await writeTooMuch(open);
const noRoom = await startWithoutRoom(open);
await open[Symbol.asyncDispose]();
const left = { remnants: await allMachineRemnants(runId), files: await machineFiles() };
await live[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify({ overfull, noRoom, left })}\n`);

function start(environment: OpenEnvironment): Promise<StartedNodes> {
  return environment.start({
    trialId: 't0001',
    nodes: ['a', 'b'].map((name) => ({ name, storage: 'disk' })),
    signal,
  });
}

async function writeTooMuch(environment: OpenEnvironment) {
  await using started = await start(environment);
  const [a, b] = started.nodes;
  if (a === undefined || b === undefined || !isFailureDetecting(a)) throw new Error('no nodes');
  // What starting left in its memory would be written when the disk is full.
  await b.exec(['sync'], { signal, timeoutMs: 60_000 });
  const fill = ['dd', 'if=/dev/urandom', `of=${a.dataDir}/big`, 'bs=1M', 'count=64', 'conv=fsync'] as const;
  const written = await a.exec(fill, { signal, timeoutMs: 60_000 }).then(
    ({ exitCode }) => ({ code: null, causes: [`exit code ${exitCode}`] }),
    (error: unknown) => told(asError(error)),
  );
  const { stdout: other } = await b.exec(['hostname'], { signal, timeoutMs: 60_000 });
  return { written, failed: told(a.failed.reason), other };
}

async function startWithoutRoom(environment: OpenEnvironment) {
  const { bavail, bsize } = await statfs(tmpdir());
  await writeFile(path.join(tmpdir(), 'ballast'), Buffer.alloc(bavail * bsize));
  const before = await allMachineRemnants(runId ?? '');
  return start(environment).then(
    async (started) => {
      await started[Symbol.asyncDispose]();
      return null;
    },
    async (error: unknown) => {
      const after = await allMachineRemnants(runId ?? '');
      return { ...told(error), isClean: after.join('\n') === before.join('\n') };
    },
  );
}

async function machineFiles(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('strata-vm-'));
}
