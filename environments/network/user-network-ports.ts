/** The ports of a run's user network: leased on this machine, forwarded by QEMU when they are handed out. */
import { StrataError } from '../../harness/foundation/errors.ts';
import { openPortLeases } from '../process/port-leases.ts';
import { endThenThrow } from '../teardown.ts';
import { formatSubnet, type Subnet } from './subnet.ts';
import { forwardCommand, loopbackSubnet, planUserNetwork, type UserNetworkNode } from './user-network.ts';

/** Disposing gives every port of the run back. */
export interface UserNetwork extends AsyncDisposable {
  readonly subnet: Subnet;
  readonly description: string;
  readonly attach: (count: number) => Promise<UserAttachments>;
}

/** Disposing gives the ports of these nodes back, also those they allocated. */
export interface UserAttachments extends AsyncDisposable {
  /** In the order of the nodes. */
  readonly list: readonly UserAttachment[];
}

export interface UserAttachment extends UserNetworkNode {
  /** A port that is free on the node's address, now reached from this host. E349 when QEMU refuses it. */
  readonly allocatePort: (monitor: Monitor) => Promise<number>;
}

/** Runs a line in the human monitor of the node's QEMU: its words, none when it was done. */
export interface Monitor {
  readonly run: (line: string) => Promise<string>;
  /** Back end of the node's first card. */
  readonly netdev: string;
}

/** A port can be free for the lease and taken a moment later. */
const attempts = 5;

/** Throws E307 when no leases can be kept. Needs no rights. */
export async function openUserNetwork(runId: string, leaseDirectory?: string): Promise<UserNetwork> {
  const leases = await openPortLeases(runId, leaseDirectory);
  const subnet = loopbackSubnet(runId);
  let given = 0;
  return {
    subnet,
    description: `user network of QEMU, ports of ${formatSubnet(subnet)} forwarded; multicast between nodes`,
    attach: async (count) => {
      const held: number[] = [];
      const take = async () => {
        const port = await leases.take();
        held.push(port);
        return port;
      };
      const giveBack = () => leases.giveBack(held.splice(0));
      try {
        const socketPort = await take();
        const sshPorts: number[] = [];
        while (sshPorts.length < count) sshPorts.push(await take());
        const nodes = planUserNetwork({ runId, sshPorts, socketPort, firstIndex: given });
        given += count;
        const list = nodes.map((node) => ({ ...node, allocatePort: portForwarder(node.address, take) }));
        return { list, [Symbol.asyncDispose]: giveBack };
      } catch (error) {
        return await endThenThrow(error, giveBack);
      }
    },
    [Symbol.asyncDispose]: () => leases[Symbol.asyncDispose](),
  };
}

/** A port that was refused stays leased until the nodes are gone, so that it is not tried again. */
function portForwarder(address: string, take: () => Promise<number>): UserAttachment['allocatePort'] {
  return async ({ run, netdev }) => {
    let refusal = '';
    for (let tried = 0; tried < attempts; tried += 1) {
      const port = await take();
      refusal = (await run(forwardCommand(netdev, address, port))).trim();
      if (refusal === '') return port;
    }
    throw new StrataError({
      code: 'STRATA-E349',
      message: `QEMU forwarded none of ${attempts} ports to ${address}`,
      fix: `see what listens there: ss -ltn src ${address}`,
      cause: new Error(refusal),
    });
  };
}
