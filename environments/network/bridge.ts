/**
 * The network of a run's virtual machines where this process is root: a bridge on a /24 of its own with this host
 * as `.1`, and a tap a guest. Guests and host reach each other and nothing else: no masquerading, no default route.
 *
 * No spanning tree and no forwarding delay, so that a port forwards from the first frame; no IPv6; no snooping.
 * Two runs that choose the same subnet at the same moment: the kernel accepts the same address on two links, and
 * by itself the route of both. Here the address brings no route (`noprefixroute`); the route is added alone, which
 * claims the subnet (subnet-claim.ts).
 * Cost (2 cores, 15 taps): creating 20 ms + 65 ms, removing 50 ms. Guests on a host with Docker: forwarding-rule.ts.
 */
import { StrataError } from '../../harness/foundation/errors.ts';
import { checkedName } from '../object-names.ts';
import { endThenThrow } from '../teardown.ts';
import { addForwardingRule, firewallSeesBridges } from './forwarding-rule.ts';
import { isTaken, refusalError, tryIpBatch } from './ip.ts';
import { aliasOf, bridgeMac, bridgeName } from './link-names.ts';
import { removeLinks } from './leftovers.ts';
import { addressIn, formatSubnet, type Subnet } from './subnet.ts';
import { claimSubnet } from './subnet-claim.ts';
import { tapMaker, type Taps } from './taps.ts';

/** Disposing removes it with all its taps, routes and rules; twice is harmless. */
export interface RunBridge extends AsyncDisposable {
  readonly name: string;
  readonly subnet: Subnet;
  /** This host's address on the bridge; those of guests begin at number 2 of the subnet. */
  readonly hostAddress: string;
  /** Makes as many taps in one go, attached and up. Of those not disposed, the bridge disposes. */
  readonly taps: (count: number, signal: AbortSignal) => Promise<Taps>;
}

export interface BridgeRequest {
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Throws E340–E347. What a killed harness left under this run id is removed first. */
export async function createRunBridge({ runId, signal }: BridgeRequest): Promise<RunBridge> {
  const name = bridgeName(checkedName('run', runId));
  await removeLinks(runId, signal);
  try {
    await createBridge(name, runId, signal);
    const purpose = `the bridge of run ${runId}`;
    const subnet = await claimSubnet({ seed: runId, purpose, commands: addressing(name), signal });
    if (await firewallSeesBridges()) await addForwardingRule({ runId, bridge: name }, signal);
    return {
      name,
      subnet,
      hostAddress: addressIn(subnet, 1),
      taps: tapMaker(runId, name),
      [Symbol.asyncDispose]: async () => {
        await removeLinks(runId);
      },
    };
  } catch (error) {
    // What stays is found again by its alias.
    return await endThenThrow(error, async () => {
      await removeLinks(runId);
    });
  }
}

async function createBridge(name: string, runId: string, signal: AbortSignal): Promise<void> {
  const add = `link add name ${name} address ${bridgeMac(runId)} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`;
  const set = `link set dev ${name} alias ${aliasOf(runId)} addrgenmode none up`;
  const refusal = await tryIpBatch([add, set], { signal });
  if (refusal === null) return;
  throw refusal.command === add && isTaken(refusal) ? nameTaken(name, runId) : refusalError(refusal);
}

const addressing = (bridge: string) => (subnet: Subnet) => {
  const host = addressIn(subnet, 1);
  return [
    `addr flush dev ${bridge}`,
    `addr add ${host}/24 dev ${bridge} noprefixroute`,
    `route add ${formatSubnet(subnet)} dev ${bridge} scope link src ${host}`,
  ];
};

function nameTaken(name: string, runId: string): StrataError {
  return new StrataError({
    code: 'STRATA-E344',
    message: `the link ${name}, which run ${runId} would make, is there already and belongs to something else`,
    fix: `start again for another run id, or remove it: ip link del ${name}`,
  });
}
