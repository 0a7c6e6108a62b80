/**
 * The network of virtual machines where this process is not root, keeping the same contract: one address at which
 * the harness, the other nodes and the node itself reach it, and any number of ports. Pure.
 *
 * Without root the host's own addresses are the only ones a process can be reached at, and of these only
 * 127.0.0.0/8 is free and private. So a node's address is in there: 127.x.y.n.
 * - Harness → node: QEMU listens on 127.x.y.n:PORT of the host and connects inside to the same address
 *   (`hostfwd_add`, one for each port handed out), so that a server bound to its node's address is reached too.
 * - Node → node: a second card on a socket network that all machines of the trial are on, carrying 127.x.y.n/24.
 *   Guests take such addresses for what comes from outside with `route_localnet` = 1 ({@link routeLoopback}), and
 *   send to them because the guest's own loopback is narrowed to 127.0.0.0/16 by its init.
 *
 * The socket network is a multicast group on the host's loopback. Measured with three guests of an ordinary user
 * (QEMU 7.2, TCG, two busy cores): node → node 0.5–0.8 ms a round trip, 20–40 MB/s, harness → node 0.3–0.5 ms and
 * 100–200 MB/s, all three in both directions. Two other ways were tried: without a second card, from user network
 * to user network over the host (0.6–1.0 ms, 15–35 MB/s; but a port nobody serves looks as if it accepted, and nodes
 * see each other as 10.0.2.2), and a switch process of our own on stream sockets (0.7–1.1 ms, 35–50 MB/s; one more
 * process to look after). What speaks against multicast: every machine hears every frame, which costs a bystander
 * some 10 µs of processor time each; with more than about five nodes that is felt.
 *
 * What differs from the bridge: the harness connects to QEMU first, so a port nobody serves accepts and then ends
 * (other nodes are refused, as usual), and a killed node refuses at once where a bridged one falls silent. A snapshot
 * holds both cards: templates of the two networks are not exchangeable; clones may differ in ports and group.
 *
 * Ports come from the leases of this machine, so that two runs that choose the same 127.x.y.0 never meet on one.
 */
import { createHash } from 'node:crypto';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { GuestFile, GuestInterface } from '../machine/identity.ts';
import type { MachineNic } from '../machine/machine-spec.ts';
import { guestMac } from './link-names.ts';
import { addressIn, type Subnet } from './subnet.ts';

export interface UserNetworkRequest {
  readonly runId: string;
  /** Leased, one a node: where the host's loopback leads to its SSH server. */
  readonly sshPorts: readonly number[];
  /** Leased: names the trial's socket network. */
  readonly socketPort: number;
  /** Nodes the run has had before these: addresses rest as long as they can. */
  readonly firstIndex: number;
}

/** One node's place in the network. */
export interface UserNetworkNode {
  readonly address: string;
  readonly ssh: { readonly host: string; readonly port: number };
  /** `eth0` to the host, `eth1` to the other nodes. */
  readonly nics: readonly MachineNic[];
  readonly interfaces: readonly GuestInterface[];
  /** To be written before the interfaces are set. */
  readonly files: readonly GuestFile[];
}

/** Cards as in the template; a clone takes the address of its second with its identity. */
const cardMacs = ['02:00:00:00:00:01', '02:00:00:00:00:02'] as const;

/** What QEMU's user network expects its guest to be. */
const userAddress = { address: '10.0.2.15', prefixLength: 24 };

const sshPort = 22;
const firstGuest = 2;
/** .255 is the broadcast address. */
const guestCount = 253;

/** Lets the guest answer to 127.x.y.n on its cards, and send from it. */
export const routeLoopback: GuestFile = {
  path: '/proc/sys/net/ipv4/conf/all/route_localnet',
  mode: 0o644,
  content: '1',
};

/** One node for each of `sshPorts`, in that order. */
export function planUserNetwork(request: UserNetworkRequest): UserNetworkNode[] {
  const { runId, sshPorts, socketPort, firstIndex } = request;
  if (sshPorts.length > guestCount) throw tooMany(sshPorts.length);
  const endpoint = {
    kind: 'multicast' as const,
    ...{ group: multicastGroup(runId), port: socketPort, localAddress: '127.0.0.1' },
  };
  return sshPorts.map((hostPort, nth) => {
    const index = (firstIndex + nth) % guestCount;
    const address = addressIn(loopbackSubnet(runId), firstGuest + index);
    return {
      address,
      ssh: { host: '127.0.0.1', port: hostPort },
      nics: [
        { mac: cardMacs[0], backend: { kind: 'user', forwards: [{ hostPort, guestPort: sshPort }] } },
        { mac: cardMacs[1], backend: { kind: 'socket', endpoint } },
      ],
      interfaces: [
        { name: 'eth0', mac: cardMacs[0], ...userAddress },
        { name: 'eth1', mac: guestMac(runId, index), address, prefixLength: 24 },
      ],
      files: [routeLoopback],
    };
  });
}

/** 127.128.0.0/24 – 127.255.255.0/24: outside what guests keep for themselves and what services usually take. */
export function loopbackSubnet(runId: string): Subnet {
  const third = hashOf(runId).readUInt16BE(0);
  return { base: 127 * 2 ** 24 + 2 ** 23 + (third % 2 ** 15) * 256, prefixLength: 24 };
}

/** Of the block for use within one site (RFC 2365); the loopback device keeps it on this host. */
export function multicastGroup(runId: string): string {
  const [a = 0, b = 0, c = 0] = hashOf(runId).subarray(2);
  return `239.${a}.${b}.${(c % 254) + 1}`;
}

/** For QEMU's human monitor. `netdev` is the back end of the first card. */
export function forwardCommand(netdev: string, address: string, port: number): string {
  return `hostfwd_add ${netdev} tcp:${address}:${port}-${address}:${port}`;
}

function hashOf(runId: string): Buffer {
  return createHash('sha256').update(runId).digest();
}

function tooMany(count: number): StrataError {
  return new StrataError({
    code: 'STRATA-E349',
    message: `a network of virtual machines has ${guestCount} addresses, and ${count} nodes were asked for`,
    fix: 'take fewer nodes',
  });
}
