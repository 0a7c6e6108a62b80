/** What the environments `vm` and `docker-vm` need: QEMU, who executes the guests, an image, a network, and a machine that boots. */
import { duration } from '../../../analysis/report/numbers.ts';
import { isBooted, type Node } from '../../../environments/environment.ts';
import { guestImageStatus } from '../../../environments/guest/status.ts';
import { cacheDir } from '../../../environments/image/cache.ts';
import {
  chooseAccelerator,
  whyNotOpened,
  type AcceleratorChoice,
} from '../../../environments/machine/accelerator.ts';
import { probeMachineNetwork } from '../../../environments/machine/network-probe.ts';
import { routesNeedRoot } from '../../../environments/machine/preflight.ts';
import { findQemu } from '../../../environments/machine/qemu-version.ts';
import { environmentFor } from '../../../environments/registry.ts';
import { StrataError } from '../../foundation/errors.ts';
import { failure, passed, type Check, type Finding } from './check.ts';
import { probeDockerDisk, probeGuestImage, probeTemplates } from './guest-image-checks.ts';
import { withProbeNode } from './probe-node.ts';

type MachineEnvironment = 'vm' | 'docker-vm';

/** In the order in which one needs the other. Without `boots` the last one is not tried, which takes the longest. */
export function machineChecks(env: MachineEnvironment, boots: boolean): readonly Check[] {
  const isRouted = env === 'docker-vm';
  const check = (name: string, rest: Omit<Check, 'id' | 'env' | 'timeoutMs'>, timeoutMs = 20_000): Check => {
    return { id: `${env}-${name}`, env, timeoutMs, ...rest };
  };
  return [
    check('qemu', { title: 'QEMU', enables: 'virtual machines', probe: probeQemu }),
    check('image', {
      title: 'guest image',
      enables: 'machines with the userland of every other environment',
      probe: probeGuestImage,
    }),
    ...(isRouted
      ? [check('disk', { title: 'Docker disk', enables: 'containers in a machine', probe: probeDockerDisk })]
      : []),
    check(
      'accelerator',
      { title: 'accelerator', enables: "machines at the processor's own speed", probe: probeAccelerator },
      60_000,
    ),
    check('network', {
      title: 'network',
      enables: 'machines that reach each other and are reached',
      probe: (signal) => probeNetwork(isRouted, signal),
    }),
    check('templates', {
      title: 'prepared machines',
      enables: 'machines that wake in well under a second',
      probe: (signal) => probeTemplates(new Set([isRouted ? 'docker' : 'plain']), signal),
    }),
    check(
      'machine',
      {
        title: 'a machine',
        enables: `--env ${env}`,
        probe: async (signal) => (boots ? await probeMachine(env, signal) : untried(env)),
      },
      300_000,
    ),
  ];
}

async function probeQemu(signal: AbortSignal): Promise<Finding> {
  try {
    const { system, img } = await findQemu(signal);
    return passed(`${system.version} (${system.path}, ${img.path})`);
  } catch (error) {
    signal.throwIfAborted();
    return failure(error, 'fail', ['install-qemu']);
  }
}

/** A guest is booted under KVM to find out; the verdict is remembered until the host boots anew. */
async function probeAccelerator(signal: AbortSignal): Promise<Finding> {
  const status = await guestImageStatus();
  const qemu = await findQemu(signal).catch(() => null);
  signal.throwIfAborted();
  if (status.kind !== 'present' || qemu === null) {
    const obstacle = await whyNotOpened();
    if (obstacle !== null) return emulated(`KVM cannot be used: ${obstacle}`);
    const detail =
      '/dev/kvm opens; whether it works is found out by booting the guest image, which cannot be done yet';
    return { state: 'warn', detail, advice: null, fixes: [] };
  }
  const { kernel, initrd } = status.image;
  const request = { kernel, initrd, signal, qemu, cacheDir: cacheDir(), progress: () => undefined };
  return acceleratorFinding(await chooseAccelerator(request));
}

export function acceleratorFinding({ accelerator, cpuModel, reason }: AcceleratorChoice): Finding {
  if (accelerator.kind === 'kvm') return passed(`KVM, CPU model ${cpuModel}: ${reason}`);
  return emulated(`TCG, which emulates the processor, CPU model ${cpuModel}: ${reason}`);
}

function emulated(detail: string): Finding {
  const advice = /no permission to open/.test(detail)
    ? 'give this user the right to /dev/kvm as said, or go on: machines run emulated, and every report says so'
    : 'a host with working KVM is faster; here absolute times are not those of hardware, and every report says so';
  return { state: 'warn', detail, advice, fixes: [] };
}

async function probeNetwork(isRouted: boolean, signal: AbortSignal): Promise<Finding> {
  const uid = process.getuid?.();
  if (isRouted && uid !== 0) return failure(routesNeedRoot(uid));
  try {
    const description = await probeMachineNetwork(signal);
    return passed(
      uid === 0 ? `${description} (made and removed)` : `${description}; root would get a bridge with taps`,
    );
  } catch (error) {
    signal.throwIfAborted();
    const isToolMissing = error instanceof StrataError && /E34[07]$/.test(error.code);
    return failure(error, 'fail', isToolMissing ? ['install-network-tools'] : []);
  }
}

function untried(env: MachineEnvironment): Finding {
  const detail = 'not tried: booting one with Docker Engine takes half a minute where it is emulated';
  return { state: 'warn', detail, advice: `npm run doctor -- --env ${env} boots one`, fixes: [] };
}

async function probeMachine(env: MachineEnvironment, signal: AbortSignal): Promise<Finding> {
  const status = await guestImageStatus();
  const isThere = status.kind === 'present' && (env === 'vm' || status.dockerDisk !== null);
  const environment = environmentFor(env);
  const isReady = await environment.preflight(signal).then(
    () => true,
    () => false,
  );
  signal.throwIfAborted();
  if (!isThere || !isReady) {
    const why = isReady ? 'what it boots from is not there yet' : 'what it needs is not ready';
    return { state: 'warn', detail: `not tried: ${why}`, advice: null, fixes: [] };
  }
  const use = async (node: Node) => {
    const result = await node.exec(['true'], { signal, timeoutMs: 60_000 });
    if (result.exitCode !== 0)
      throw new Error(`true ended with exit code ${result.exitCode}: ${result.stderr}`);
    return isBooted(node) ? node.bootTimeline : [];
  };
  const startedMs = performance.now();
  const timeline = await withProbeNode(environment, signal, use, 'cold');
  const steps = timeline.map(({ name, atMs }) => `${name} ${duration(atMs)}`).join(', ');
  return passed(
    `booted from nothing and ran a command in ${duration(performance.now() - startedMs)} (${steps})`,
  );
}
