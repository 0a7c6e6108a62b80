/**
 * A run with machines for tests, without an environment around it: small plain machines, from a template or from
 * nothing, on the network this user may have. Templates are kept where a test says, so that it can break them.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { registerLiveRun } from '../live-runs.ts';
import { makeSshKey } from '../ssh/keys.ts';
import { createOverlay } from './disk-overlay.ts';
import { guestDirectories } from './identity.ts';
import { startMachine, type Machine } from './machine.ts';
import { openMachineHost, type MachineHost } from './machine-host.ts';
import { machineSpec, templateOf, type KindSetting, type MachineKind } from './machine-kind.ts';
import { usualNetwork } from './machine-network.ts';
import { makeMachineRunDirectory } from './machine-run.ts';
import type { MachineSpec } from './machine-spec.ts';
import { startIdentifiedMachine, type IdentifiedMachine } from './node-machine.ts';
import { minimumMemoryBytes } from './shape.ts';
import type { Template } from './template.ts';

export interface MachineBench extends AsyncDisposable {
  readonly runId: string;
  readonly host: MachineHost;
  readonly logDir: string;
  /** The template of this kind of machine; what is said meanwhile goes to `say`. */
  readonly template: (choices?: TemplateChoices) => Promise<Template>;
  /** A clone with an identity. */
  readonly wake: (template: Template, name?: string) => Promise<IdentifiedMachine>;
  /** A machine booting from nothing, with anything of it changed. */
  readonly boot: (change?: Partial<MachineSpec>) => Promise<Machine>;
}

export interface TemplateChoices {
  readonly cacheDir?: string;
  readonly host?: MachineHost;
  readonly say?: (message: string) => void;
  readonly signal?: AbortSignal;
}

export interface BenchChoices {
  readonly runId?: string;
  /** Where templates are kept; the user's cache unless told. */
  readonly cacheDir?: string;
}

export const machineBootTimeoutMs = 120_000;

export async function openMachineBench(choices: BenchChoices = {}): Promise<MachineBench> {
  const { runId = `machine-${randomBytes(4).toString('hex')}` } = choices;
  const { signal } = new AbortController();
  const live = await registerLiveRun(runId);
  const host = await openMachineHost({ runId, logDir: tmpdir(), signal, progress: () => undefined });
  const directory = await makeMachineRunDirectory(runId);
  const logDir = await mkdtemp(path.join(tmpdir(), 'machine logs '));
  const network = await usualNetwork()(runId, signal);
  const setting: KindSetting = { runId, host, network, directory, bootTimeoutMs: machineBootTimeoutMs };
  const kind = plainKind(host);
  let booted = 0;
  return {
    ...{ runId, host, logDir },
    template: ({ cacheDir = choices.cacheDir ?? host.cacheDir, say = () => undefined, ...other } = {}) => {
      const chosen = { ...(other.host ?? host), cacheDir };
      return templateOf({ ...setting, host: chosen }, kind, {
        signal: other.signal ?? signal,
        progress: say,
      });
    },
    wake: (template, name = 'clone') => wake({ ...setting, kind, logDir, signal }, template, name),
    boot: (change) => boot({ ...setting, kind, logDir, signal }, `boot-${++booted}`, change),
    [Symbol.asyncDispose]: async () => {
      await network[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
      await rm(logDir, { recursive: true, force: true });
      await live[Symbol.asyncDispose]();
    },
  };
}

interface OpenBench extends KindSetting {
  readonly kind: MachineKind;
  readonly logDir: string;
  readonly signal: AbortSignal;
}

function plainKind({ image }: MachineHost): MachineKind {
  const disks = [{ path: image.disk, format: 'raw' as const }];
  return {
    role: 'plain',
    shape: { memoryBytes: minimumMemoryBytes, vcpus: 1 },
    disks,
    kernelParameters: '',
  };
}

async function wake(bench: OpenBench, template: Template, name: string): Promise<IdentifiedMachine> {
  const { runId, host, kind, network, logDir, signal, bootTimeoutMs } = bench;
  const attachments = await network.attach(1, signal);
  const [attachment] = attachments.list;
  if (attachment === undefined) throw new Error('the network attached nothing');
  const directory = path.join(bench.directory, name);
  const own = { name: `strata-${runId}-${name}`, nics: attachment.nics, socketDir: directory };
  const machine = await startIdentifiedMachine({
    ...{ runId, directory, logDir, attachment, signal, bootTimeoutMs, cgroupProcsFiles: [] },
    ...{ node: { name, storage: 'disk' }, clientKey: makeSshKey(name), directories: guestDirectories },
    program: host.qemu.system.path,
    origin: { template },
    spec: (origin) =>
      machineSpec(host, kind, { ...own, serialLog: path.join(logDir, `${name}.log`) }, origin),
  });
  return {
    ...machine,
    [Symbol.asyncDispose]: async () => {
      await machine[Symbol.asyncDispose]();
      await attachments[Symbol.asyncDispose]();
    },
  };
}

async function boot(bench: OpenBench, name: string, change: Partial<MachineSpec> = {}): Promise<Machine> {
  const { runId, host, kind, logDir, signal } = bench;
  const inside = (file: string) => path.join(bench.directory, `${name}-${file}`);
  const disks = kind.disks.map((_, index) => inside(`disk-${index}`));
  await Promise.all(kind.disks.map((disk, index) => createOverlay(disk, disks[index] ?? '', signal)));
  const origin = { ram: { path: inside('ram'), shared: false }, disks, incoming: false };
  const own = { name: `strata-${runId}-${name}`, nics: [], socketDir: bench.directory };
  const whole = machineSpec(host, kind, { ...own, serialLog: path.join(logDir, `${name}.log`) }, origin);
  const sockets = { qmp: inside('qmp'), agent: inside('agent') };
  return startMachine({
    ...{ runId, program: host.qemu.system.path, logDir, cgroupProcsFiles: [], signal },
    spec: { ...whole, sockets, ...change },
  });
}
