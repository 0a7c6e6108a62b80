/** How soon a machine with Docker Engine is there: woken from its template against booted from nothing. */
import { engineTunnel } from '../../../environments/docker-vm/engine-tunnel.ts';
import { connectEngine } from '../../../environments/docker/engine.ts';
import { ensureDockerDisk } from '../../../environments/guest/docker-disk.ts';
import { connectSsh } from '../../../environments/ssh/connection.ts';
import { openFleet, type Answers, type Fleet } from '../machine-fleet.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const memoryBytes = 2048 * 1024 * 1024;
const rounds = 3;
const loginTimeoutMs = 120_000;

export const dockerMachineReady: Measure = {
  id: 'docker-vm-ready',
  target: 0.2,
  direction: 'max',
  unit: '× cold',
  what: 'machine with Docker Engine until the engine tells of the image: warm from its template ÷ cold boot',
  async measure(bench) {
    let imageId = '';
    await using fleet = await openFleet(
      {
        ...{ role: 'docker', memoryBytes, vcpus: 1, kernelParameters: 'strata.mount=vdb:/var/lib/docker' },
        disks: async (image) => {
          const disk = await ensureDockerDisk(image, { signal: bench.signal, progress: bench.say });
          imageId = disk.imageId;
          return [image.disk, disk.path].map((path) => ({ path, format: 'raw' as const }));
        },
      },
      bench,
    );
    const [warmS, coldS]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      warmS.push(await secondsUntilReady(fleet, 'warm', imageId, bench));
      coldS.push(await secondsUntilReady(fleet, 'cold', imageId, bench));
    }
    const list = (seconds: readonly number[]) => seconds.map((each) => each.toFixed(2)).join(', ');
    return { value: median(warmS) / median(coldS), detail: `warm ${list(warmS)} s, cold ${list(coldS)} s` };
  },
};

async function secondsUntilReady(
  fleet: Fleet,
  mode: 'warm' | 'cold',
  imageId: string,
  { signal }: BenchScope,
): Promise<number> {
  const answers: Answers = async ({ address, machine, clientKey }) => {
    await using ssh = await connectSsh({
      ...{ node: 'docker-host', host: address, port: 22, serialLog: machine.machine.spec.serialLog },
      ...{ privateKey: clientKey.privateKey, hostKey: machine.hostKey, signal, timeoutMs: loginTimeoutMs },
    });
    const agent = engineTunnel(ssh);
    const engine = connectEngine({ kind: 'tunnel', url: `ssh://${address}`, from: 'the measure', agent });
    await engine.call('tell of the image', () => engine.docker.getImage(imageId).inspect());
    agent.destroy();
  };
  await using started = await fleet.start(mode, 1, answers);
  return started.seconds;
}
