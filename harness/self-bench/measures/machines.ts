/** How soon many virtual machines are there, and what they cost: side by side with cold boots and with containers. */
import { connect } from 'node:net';
import type Docker from 'dockerode';
import { connectEngine } from '../../../environments/docker/engine.ts';
import { ensureImage } from '../../../environments/docker/image.ts';
import { roleScripts } from '../../../environments/guest/roles.ts';
import { proportionalBytes } from '../../../environments/machine/machine-stats.ts';
import { waitFor } from '../../foundation/deadline.ts';
import { openFleet, type Fleet } from '../machine-fleet.ts';
import { median, type BenchScope, type Measure, type Measured } from '../ratio.ts';

const count = 15;
const memoryBytes = 512 * 1024 * 1024;
const mariadbPort = 3306;
const answerTimeoutMs = 10 * 60_000;

/** The figures of all ratios come from one run of the same machines. */
interface Figures {
  readonly coldS: number;
  readonly warmS: readonly number[];
  readonly containersS: readonly number[];
  readonly teardownS: readonly number[];
  readonly proportionalBytes: readonly number[];
}

export function machineMeasures(): readonly Measure[] {
  let figures: Promise<Figures> | undefined;
  const measured = (bench: BenchScope) => (figures ??= measureAll(bench));
  return [
    {
      ...{ id: 'clone-vs-cold', target: 30, direction: 'min', unit: '×' },
      what: '15 machines cold-booted together until MariaDB answers ÷ the same 15 as warm clones with their own identity',
      measure: async (bench) => coldToWarm(await measured(bench)),
    },
    {
      ...{ id: 'clone-vs-containers', target: 1, direction: 'max', unit: '×' },
      what: '15 warm clones until MariaDB answers ÷ 15 containers of the same image until theirs does',
      measure: async (bench) => warmToContainers(await measured(bench)),
    },
    {
      ...{ id: 'clone-memory', target: 0.25, direction: 'max', unit: '× nominal' },
      what: 'proportional set size of 15 clones of 512 MiB right after their start ÷ 15 × 512 MiB',
      measure: async (bench) => memoryShare(await measured(bench)),
    },
    {
      ...{ id: 'teardown-s', target: 2, direction: 'max', unit: 's' },
      what: 'ending 15 machines: processes, taps and sockets gone',
      measure: async (bench) => teardown(await measured(bench)),
    },
  ];
}

function coldToWarm({ coldS, warmS }: Figures): Measured {
  const warm = median(warmS);
  return { value: coldS / warm, detail: `cold ${coldS.toFixed(1)} s, warm ${list(warmS)} s` };
}

function warmToContainers({ warmS, containersS }: Figures): Measured {
  const detail = `warm clones ${list(warmS)} s, containers ${list(containersS)} s`;
  return { value: median(warmS) / median(containersS), detail };
}

function memoryShare({ proportionalBytes: bytes }: Figures): Measured {
  const detail = `${bytes.map((each) => (each / 2 ** 20).toFixed(0)).join(', ')} MiB of ${(count * memoryBytes) / 2 ** 20} MiB`;
  return { value: median(bytes) / (count * memoryBytes), detail };
}

function teardown({ teardownS }: Figures): Measured {
  return { value: median(teardownS), detail: `${list(teardownS)} s` };
}

function list(seconds: readonly number[]): string {
  return seconds.map((each) => each.toFixed(2)).join(', ');
}

/** Warm clones and containers in turn, three times; the cold boots, which take minutes, once. */
async function measureAll(bench: BenchScope): Promise<Figures> {
  await using fleet = await openFleet(
    {
      ...{ role: 'mariadb', memoryBytes, vcpus: 1, kernelParameters: '' },
      disks: (image) => Promise.resolve([{ path: image.disk, format: 'raw' }]),
    },
    bench,
  );
  const warmS: number[] = [];
  const containersS: number[] = [];
  const teardownS: number[] = [];
  const bytes: number[] = [];
  for (let round = 1; round <= 3; round += 1) {
    bench.say(`round ${round} of 3: ${count} clones, then ${count} containers`);
    const woken = await startAnswering(fleet, 'warm', bench);
    warmS.push(woken.seconds);
    bytes.push(woken.machines.reduce((sum, { machine }) => sum + proportionalBytes(machine.pid), 0));
    const endedMs = performance.now();
    await woken[Symbol.asyncDispose]();
    teardownS.push((performance.now() - endedMs) / 1000);
    containersS.push(await startContainers(bench));
  }
  bench.say(`${count} cold boots at once, some minutes`);
  await using booted = await startAnswering(fleet, 'cold', bench);
  return { coldS: booted.seconds, warmS, containersS, teardownS, proportionalBytes: bytes };
}

function startAnswering(fleet: Fleet, mode: 'warm' | 'cold', bench: BenchScope) {
  return fleet.start(mode, count, ({ address }) => untilMariadbAnswers(address, bench.signal));
}

/** MariaDB answers when it has sent its greeting. */
async function untilMariadbAnswers(host: string, signal: AbortSignal): Promise<void> {
  const wait = {
    ...{ what: `MariaDB at ${host}`, timeoutMs: answerTimeoutMs, signal, intervalMs: 20 },
    ...{ code: 'STRATA-E450' as const, fix: 'see the log of the node' },
  };
  await waitFor(wait, () => greeting(host));
}

function greeting(host: string): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: mariadbPort });
    socket.setTimeout(2_000, () => socket.destroy(new Error('no greeting')));
    socket.once('error', reject);
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
  });
}

/** Created, started and answering; seconds from the first request to the engine. */
async function startContainers(bench: BenchScope): Promise<number> {
  const engine = connectEngine();
  const { docker } = engine;
  const image = await ensureImage(engine, { signal: bench.signal, progress: bench.say });
  const script = `${roleScripts('').mariadb}\nwait`;
  const options = { Image: image.id, Cmd: ['sh', '-c', script], HostConfig: { Init: true } };
  const startedMs = performance.now();
  const containers: Docker.Container[] = [];
  try {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const container = await docker.createContainer({
          ...options,
          Labels: { strata: `self-${process.pid}` },
        });
        containers.push(container);
        await container.start();
        const { NetworkSettings: network } = await container.inspect();
        await untilMariadbAnswers(network.Networks['bridge']?.IPAddress ?? '', bench.signal);
      }),
    );
    return (performance.now() - startedMs) / 1000;
  } finally {
    await Promise.all(containers.map((container) => container.remove({ force: true, v: true })));
  }
}
