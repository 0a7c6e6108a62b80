/** The one bridge network of a run, on a subnet of its own. */
import { asError, causeChain, StrataError } from '../../harness/foundation/errors.ts';
import type { Engine } from './engine.ts';
import { bridgeName, networkName, runLabel } from './names.ts';
import { chooseSubnet, formatSubnet, parseSubnet, routedSubnets, type Subnet } from '../network/subnet.ts';

export interface RunNetwork {
  readonly id: string;
  readonly name: string;
  readonly subnet: Subnet;
}

/** Between looking and creating another run may take the subnet; the engine then refuses, and the next is tried. */
const attempts = 20;

export async function createRunNetwork(
  engine: Engine,
  runId: string,
  signal: AbortSignal,
): Promise<RunNetwork> {
  const lost: Subnet[] = [];
  let conflict: unknown;
  while (lost.length < attempts) {
    const subnet = chooseSubnet(runId, [...lost, ...(await usedSubnets(engine, signal))]);
    if (subnet === null) break;
    try {
      return await createNetworkOn(engine, runId, subnet, signal);
    } catch (error) {
      if (!isOverlap(error)) throw error;
      conflict = error;
      lost.push(subnet);
    }
  }
  throw new StrataError({
    code: 'STRATA-E416',
    message: `no free subnet for the network of run ${runId} after ${lost.length} attempts`,
    fix: 'remove networks that are no longer used: docker network prune; strata clean',
    ...(conflict === undefined ? {} : { cause: conflict }),
  });
}

async function usedSubnets({ docker, call }: Engine, signal: AbortSignal): Promise<Subnet[]> {
  const [networks, routed] = await Promise.all([
    call('list networks', (abortSignal) => docker.listNetworks({ abortSignal }), { signal }),
    routedSubnets(),
  ]);
  const ofEngine = networks.flatMap((network) =>
    (network.IPAM?.Config ?? []).flatMap(({ Subnet: text }) => parseSubnet(text ?? '') ?? []),
  );
  return [...ofEngine, ...routed];
}

/** On a subnet that was chosen before. */
export async function createNetworkOn(
  { docker, call }: Engine,
  runId: string,
  subnet: Subnet,
  signal: AbortSignal,
): Promise<RunNetwork> {
  const name = networkName(runId);
  const created = await call(
    `create network ${name} on ${formatSubnet(subnet)}`,
    (abortSignal) =>
      docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        IPAM: { Driver: 'default', Config: [{ Subnet: formatSubnet(subnet) }] },
        Labels: { [runLabel]: runId },
        Options: {
          'com.docker.network.bridge.name': bridgeName(runId),
          // Nodes talk to each other and to this host only; nothing of a trial may reach further.
          'com.docker.network.bridge.enable_ip_masquerade': 'false',
        },
        abortSignal,
      }),
    { signal },
  );
  return { id: created.id, name, subnet };
}

/** The engine has no status of its own for this; its words have been stable over a decade. */
function isOverlap(error: unknown): boolean {
  return causeChain(asError(error)).some((message) => /overlaps with|conflicts with network/.test(message));
}
