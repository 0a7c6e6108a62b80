/**
 * A machine that is somebody: started from a template or from nothing, given its identity, and reached over SSH.
 * What both `vm` (each node one) and `docker-vm` (one for all) start.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { BootMode } from '../../harness/foundation/cell.ts';
import type { BootEvent, NodeSpec } from '../environment.ts';
import { connectSsh, type SshConnection } from '../ssh/connection.ts';
import { makeSshKey, type SshKey } from '../ssh/keys.ts';
import { guestFiles, sshServerConfig } from '../ssh/server-config.ts';
import { endThenThrow } from '../teardown.ts';
import { bootMachine } from './boot.ts';
import { resumeFrom } from './clone.ts';
import { createOverlay, type BaseDisk } from './disk-overlay.ts';
import { identityLines, type GuestIdentity } from './identity.ts';
import { startMachine, type Machine } from './machine.ts';
import { explained, watchForFailure } from './machine-failure.ts';
import type { Attachment } from './machine-network.ts';
import type { MachineSpec } from './machine-spec.ts';
import type { Template } from './template.ts';

export interface NodeMachineRequest {
  readonly runId: string;
  readonly node: Pick<NodeSpec, 'name' | 'storage'>;
  /** Host directory of the node's disks and sockets; made here. */
  readonly directory: string;
  readonly logDir: string;
  readonly program: string;
  /** The template, or the disks of the image when it boots from nothing. */
  readonly origin: { readonly template: Template } | { readonly disks: readonly BaseDisk[] };
  /** The machine with everything in it that the origin does not decide. */
  readonly spec: (origin: MachineOrigin) => MachineSpec;
  readonly attachment: Pick<Attachment, 'interfaces' | 'files' | 'ssh'>;
  readonly clientKey: SshKey;
  readonly directories: { readonly workDir: string; readonly dataDir: string };
  readonly cgroupProcsFiles: readonly string[];
  readonly bootTimeoutMs: number;
  readonly signal: AbortSignal;
}

export interface MachineOrigin {
  readonly ram: MachineSpec['ram'];
  readonly disks: readonly string[];
  readonly incoming: boolean;
}

/** A machine with a name, an address, keys and a clock of its own. */
export interface IdentifiedMachine extends AsyncDisposable {
  readonly machine: Machine;
  readonly mode: BootMode;
  readonly timeline: readonly BootEvent[];
  readonly failures: readonly string[];
  /** Public key with which its SSH server proves itself. */
  readonly hostKey: string;
  /** Aborts when the machine ends without being asked to, such as for a full disk of the host. */
  readonly failed: AbortSignal;
}

export interface NodeMachine extends IdentifiedMachine {
  readonly ssh: SshConnection;
}

const connectTimeoutMs = 120_000;
const sshServerConfigPath = '/run/strata/sshd_config';

/** Woken or booted, and told who it is. */
export async function startIdentifiedMachine(request: NodeMachineRequest): Promise<IdentifiedMachine> {
  const startedNs = Number(process.hrtime.bigint());
  await mkdir(request.directory, { recursive: true, mode: 0o700 });
  const { machine, ...came } = await bringUp(request, startedNs);
  try {
    const hostKey = makeSshKey(request.node.name);
    await giveIdentity(machine, request, hostKey);
    return {
      ...{ machine, ...came, hostKey: hostKey.publicKey, failed: watchForFailure(machine) },
      timeline: [...came.timeline, since('identity', startedNs)],
      [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose](),
    };
  } catch (error) {
    const reason = await explained(error, machine, request.signal);
    return await endThenThrow(reason, () => machine[Symbol.asyncDispose]());
  }
}

/** The same, and reached over SSH. */
export async function startNodeMachine(request: NodeMachineRequest): Promise<NodeMachine> {
  const startedNs = Number(process.hrtime.bigint());
  const identified = await startIdentifiedMachine(request);
  const { machine } = identified;
  try {
    const ssh = await connectSsh({
      ...{ node: request.node.name, ...request.attachment.ssh },
      ...{ privateKey: request.clientKey.privateKey, hostKey: identified.hostKey },
      ...{ signal: AbortSignal.any([request.signal, identified.failed]), timeoutMs: connectTimeoutMs },
      serialLog: machine.spec.serialLog,
    });
    // A machine that is gone does not close its connections: what waits on them must hear of it from here.
    void machine.exited.then(() => ssh.abandon());
    return {
      ...{ ...identified, ssh },
      timeline: [...identified.timeline, since('connected', startedNs)],
      [Symbol.asyncDispose]: async () => {
        ssh.abandon();
        await machine[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    const reason = await explained(error, machine, request.signal);
    return await endThenThrow(reason, () => machine[Symbol.asyncDispose]());
  }
}

type BroughtUp = Pick<IdentifiedMachine, 'machine' | 'mode' | 'timeline' | 'failures'>;

async function bringUp(request: NodeMachineRequest, startedNs: number): Promise<BroughtUp> {
  const { origin, bootTimeoutMs, signal } = request;
  if (!('template' in origin)) {
    const boot = await bootMachine({
      ...{ machine: request.node.name, timeoutMs: bootTimeoutMs, signal },
      start: () =>
        startFrom(request, origin.disks, { path: path.join(request.directory, 'ram'), shared: false }),
      onRetry: () => undefined,
    });
    return { ...boot, mode: 'cold' };
  }
  const { files } = origin.template;
  const disks = files.disks.map((disk) => ({ path: disk, format: 'qcow2' as const }));
  const machine = await startFrom(request, disks, { path: files.ram, shared: false }, true);
  try {
    await resumeFrom(machine, files.state, signal);
  } catch (error) {
    const reason = await explained(error, machine, request.signal);
    return await endThenThrow(reason, () => machine[Symbol.asyncDispose]());
  }
  return { machine, mode: 'warm', timeline: [since('cloned', startedNs)], failures: [] };
}

/** On fresh overlays, so that a second attempt does not find what the first one wrote. */
async function startFrom(
  request: NodeMachineRequest,
  bases: readonly BaseDisk[],
  ram: MachineSpec['ram'],
  incoming = false,
): Promise<Machine> {
  const { directory, runId, program, logDir, cgroupProcsFiles, signal } = request;
  const disks = bases.map((_, index) => path.join(directory, `disk-${index}.qcow2`));
  await Promise.all(bases.map((base, index) => createOverlay(base, disks[index] ?? '', signal)));
  const spec = request.spec({ ram, disks, incoming });
  return startMachine({ runId, spec, program, logDir, cgroupProcsFiles, signal });
}

/** The clock twice: first so that everything after it has the right time, last because all of it takes time. */
async function giveIdentity(machine: Machine, request: NodeMachineRequest, hostKey: SshKey): Promise<void> {
  const { node, attachment, clientKey, directories } = request;
  const { interfaces } = attachment;
  const identity: GuestIdentity = {
    ...{ hostname: node.name, storage: node.storage, interfaces, ...directories },
    realtimeNs: realtimeNs(),
    seed: randomBytes(64),
    files: [
      { path: guestFiles.hostKey, mode: 0o600, content: hostKey.privateKey },
      { path: guestFiles.authorizedKeys, mode: 0o600, content: `${clientKey.publicKey}\n` },
      { path: sshServerConfigPath, mode: 0o600, content: sshServerConfig() },
      ...attachment.files,
    ],
  };
  await machine.guest.request(identityLines(identity));
  await machine.guest.request([`clock ${realtimeNs()}`]);
}

function realtimeNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

function since(name: string, startedNs: number): BootEvent {
  return { name, atMs: (Number(process.hrtime.bigint()) - startedNs) / 1e6 };
}
