/**
 * How the machines of a trial meet: over the bridge of the run with a tap for each where this process is root, else
 * over QEMU's own networks (user-network.ts). Either way each has an address at which the harness, the others and
 * itself reach it.
 */
import { createHash } from 'node:crypto';
import type { GuestFile, GuestInterface } from './identity.ts';
import { macAddress } from './identity.ts';
import type { MachineNic } from './machine-spec.ts';
import { createRunBridge, type RunBridge } from '../network/bridge.ts';
import { routeContainers, type ContainerRoute } from '../network/routes.ts';
import { addressIn, formatSubnet } from '../network/subnet.ts';
import { reapPortLeases } from '../process/port-leases.ts';
import { openUserNetwork, type UserAttachment } from '../network/user-network-ports.ts';

/** One machine's place in the network. */
export interface Attachment {
  readonly nics: readonly MachineNic[];
  /** What the guest is told about its cards. */
  readonly interfaces: readonly GuestInterface[];
  /** Written in the guest before its cards are set. */
  readonly files: readonly GuestFile[];
  readonly address: string;
  /** Where this host reaches its SSH server. */
  readonly ssh: { readonly host: string; readonly port: number };
  /** The host's end, whose counters are the node's traffic; null where there is none. */
  readonly link: string | null;
  /** Opens a port of the address to this host; absent where every port of it is open. */
  readonly allocatePort?: UserAttachment['allocatePort'];
}

export interface Attachments extends AsyncDisposable {
  /** In the order of the nodes. */
  readonly list: readonly Attachment[];
}

export interface MachineNetwork extends AsyncDisposable {
  /** For the manifest. */
  readonly description: string;
  readonly attach: (count: number, signal: AbortSignal) => Promise<Attachments>;
  /** A subnet behind one of the machines, reached from this host through it; null where there can be none. */
  readonly route: ((via: string, signal: AbortSignal) => Promise<ContainerRoute>) | null;
}

export type OpenMachineNetwork = (runId: string, signal: AbortSignal) => Promise<MachineNetwork>;

/** All machines have this card when they are snapshotted; a clone takes its own address with its identity. */
const cardMac = '02:00:00:00:00:01';

const firstGuest = 2;
/** .255 is the broadcast address. */
const guestCount = 253;

const sshPort = 22;

/** The one that a process of this user may make. */
export function usualNetwork(uid = process.getuid?.()): OpenMachineNetwork {
  return uid === 0 ? openBridgeNetwork : openUserMachineNetwork;
}

/** Throws E340–E347; needs root. */
export async function openBridgeNetwork(runId: string, signal: AbortSignal): Promise<MachineNetwork> {
  const bridge = await createRunBridge({ runId, signal });
  const macPrefix = createHash('sha256').update(runId).digest().subarray(0, 3);
  let given = 0;
  return {
    description: `bridge ${bridge.name}, one tap a node, ${formatSubnet(bridge.subnet)}`,
    attach: (count, attachSignal) => attachTaps(bridge, count, attachSignal, () => given++, macPrefix),
    route: (via, routeSignal) => routeContainers({ runId, bridge: bridge.name, via, signal: routeSignal }),
    [Symbol.asyncDispose]: () => bridge[Symbol.asyncDispose](),
  };
}

/** Throws E307 when no ports can be leased; needs no rights. */
export async function openUserMachineNetwork(runId: string): Promise<MachineNetwork> {
  // One process carries out a run at a time, so what bears its id now was left by one that was killed.
  await reapPortLeases((other) => other !== runId);
  const network = await openUserNetwork(runId);
  return {
    description: network.description,
    route: null,
    attach: async (count, signal) => {
      signal.throwIfAborted();
      const nodes = await network.attach(count);
      return {
        list: nodes.list.map((node) => ({ ...node, link: null })),
        [Symbol.asyncDispose]: () => nodes[Symbol.asyncDispose](),
      };
    },
    [Symbol.asyncDispose]: () => network[Symbol.asyncDispose](),
  };
}

/** An address rests as long as it can before it is used again. */
async function attachTaps(
  { subnet, taps }: RunBridge,
  count: number,
  signal: AbortSignal,
  next: () => number,
  macPrefix: Uint8Array,
): Promise<Attachments> {
  const made = await taps(count, signal);
  const list = made.names.map((link): Attachment => {
    const index = next();
    const address = addressIn(subnet, firstGuest + (index % guestCount));
    const { prefixLength } = subnet;
    return {
      nics: [{ mac: cardMac, backend: { kind: 'tap', link } }],
      interfaces: [{ name: 'eth0', mac: macAddress(macPrefix, index), address, prefixLength }],
      ...{ address, link, files: [], ssh: { host: address, port: sshPort } },
    };
  });
  return { list, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}
