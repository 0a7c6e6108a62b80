/**
 * Containers inside a virtual machine, reached from this host: a subnet for them and a route to it through the
 * machine. The machine forwards (`net.ipv4.ip_forward` = 1) and its own firewall lets them be reached; that is set
 * inside. The route goes when it is disposed, and at the latest with the bridge it points to.
 */
import { namesIn } from '../shared-directory.ts';
import { refusalError, tryIpBatch } from './ip.ts';
import { formatSubnet, type Subnet } from './subnet.ts';
import { claimSubnet } from './subnet-claim.ts';

export interface ContainerRouteRequest {
  readonly runId: string;
  /** The bridge on which the machine is. */
  readonly bridge: string;
  /** The machine's address; need not answer yet. */
  readonly via: string;
  readonly signal: AbortSignal;
}

export interface ContainerRoute extends AsyncDisposable {
  /** A /24 that nothing on this host uses, now routed through the machine. */
  readonly subnet: Subnet;
}

/** Throws E340–E345. */
export async function routeContainers(request: ContainerRouteRequest): Promise<ContainerRoute> {
  const { runId, bridge, via, signal } = request;
  const target = (subnet: Subnet) => `${formatSubnet(subnet)} via ${via} dev ${bridge}`;
  const subnet = await claimSubnet({
    seed: `${runId} ${via}`,
    purpose: `the containers in the machine ${via} of run ${runId}`,
    commands: (candidate) => [`route add ${target(candidate)}`],
    signal,
  });
  return { subnet, [Symbol.asyncDispose]: () => removeRoute(bridge, target(subnet)) };
}

async function removeRoute(bridge: string, target: string): Promise<void> {
  if (!(await namesIn('/sys/class/net')).includes(bridge)) return;
  const refusal = await tryIpBatch([`route del ${target}`], { signal: AbortSignal.timeout(30_000) });
  if (refusal === null || /No such process|Cannot find device/.test(refusal.reason)) return;
  throw refusalError(refusal);
}
