/** What the docker environment needs: an engine that answers, the image, and a container that starts. */
import { environmentFor } from '../../../environments/registry.ts';
import { findMissingTool } from '../../../environments/image/prerequisites.ts';
import { imageStatus } from '../../../environments/image/status.ts';
import { bytes } from '../../../analysis/report/numbers.ts';
import { StrataError } from '../../foundation/errors.ts';
import { failure, passed, type Check, type Finding } from './check.ts';
import type { FixId } from './fixes.ts';
import { withProbeNode } from './probe-node.ts';

const common = { env: 'docker' } as const;

export const dockerChecks: readonly Check[] = [
  {
    ...common,
    id: 'docker-engine',
    title: 'Docker Engine',
    enables: 'nodes as containers',
    timeoutMs: 20_000,
    probe: probeEngine,
  },
  {
    ...common,
    id: 'docker-image',
    title: 'root filesystem',
    enables: 'the same userland in every environment, without pulling images',
    timeoutMs: 20_000,
    probe: probeImage,
  },
  {
    ...common,
    id: 'docker-container',
    title: 'a container',
    enables: '--env docker',
    timeoutMs: 180_000,
    probe: probeContainer,
  },
];

/** E310 and E311 are cured by installing and starting; the rest needs a person. */
const engineFixes: Readonly<Record<string, readonly FixId[]>> = {
  'STRATA-E310': ['install-docker', 'start-docker'],
  'STRATA-E311': ['start-docker'],
};

async function probeEngine(signal: AbortSignal): Promise<Finding> {
  try {
    await environmentFor('docker').preflight(signal);
    return passed('the engine answers');
  } catch (error) {
    signal.throwIfAborted();
    const code = error instanceof StrataError ? error.code : '';
    // A missing image is the next check's finding, not the engine's.
    if (/E31[5-9]$/.test(code)) return passed('the engine answers');
    return failure(error, 'fail', engineFixes[code] ?? []);
  }
}

async function probeImage(): Promise<Finding> {
  const status = await imageStatus();
  if (status.kind === 'present') return passed(`${bytes(status.rootfs.sizeBytes)} in ${status.rootfs.path}`);
  if (status.kind === 'building')
    return { state: 'warn', detail: 'is being built right now', advice: 'wait', fixes: [] };
  const missing = await findMissingTool();
  if (missing === null) {
    const { seconds, downloadBytes } = status.cost;
    return {
      state: 'warn',
      detail: `not built yet; the first run builds it (about ${seconds} s, ${bytes(downloadBytes)} to download)`,
      advice: 'build it now, so that the first run need not',
      fixes: ['build-image'],
    };
  }
  const isToolMissing = missing.code === 'STRATA-E315';
  return failure(missing, 'fail', isToolMissing ? ['install-mmdebstrap', 'build-image'] : ['build-image']);
}

async function probeContainer(signal: AbortSignal): Promise<Finding> {
  const status = await imageStatus();
  if (status.kind !== 'present') {
    return {
      state: 'warn',
      detail: 'not tried: the root filesystem is not there yet',
      advice: null,
      fixes: [],
    };
  }
  const docker = environmentFor('docker');
  const isReady = await docker.preflight(signal).then(
    () => true,
    () => false,
  );
  if (!isReady) {
    return { state: 'warn', detail: 'not tried: the engine is not ready', advice: null, fixes: [] };
  }
  const startedMs = performance.now();
  return withProbeNode(docker, signal, async (node) => {
    const result = await node.exec(['true'], { signal, timeoutMs: 10_000 });
    if (result.exitCode !== 0)
      throw new Error(`true ended with exit code ${result.exitCode}: ${result.stderr}`);
    return passed(`started and ran a command in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  });
}
