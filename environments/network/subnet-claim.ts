/**
 * Taking a subnet so that no two runs have the same. The claim is the route: added exclusively, the kernel takes a
 * destination once and refuses the second with "File exists", whoever asks and whenever. No lock file can be stale.
 */
import { StrataError } from '../../harness/foundation/errors.ts';
import { isTaken, refusalError, tryIpBatch, type Refusal } from './ip.ts';
import { chooseSubnet, routedSubnets, type Subnet } from './subnet.ts';

export interface SubnetClaim {
  /** Decides where the search begins. */
  readonly seed: string;
  /** What it is for: "the bridge of run r1". */
  readonly purpose: string;
  /** The last command adds the route. */
  readonly commands: (subnet: Subnet) => readonly string[];
  readonly signal: AbortSignal;
}

/** Between looking and claiming others may take the subnet. */
const attempts = 50;

/** Throws E343 when no subnet is left, or what `ip` refuses for another reason. */
export async function claimSubnet({ seed, purpose, commands, signal }: SubnetClaim): Promise<Subnet> {
  const lost: Subnet[] = [];
  let conflict: Refusal | undefined;
  while (lost.length < attempts) {
    const subnet = chooseSubnet(seed, [...lost, ...(await routedSubnets())]);
    if (subnet === null) break;
    const batch = commands(subnet);
    const refusal = await tryIpBatch(batch, { signal });
    if (refusal === null) return subnet;
    if (refusal.command !== batch.at(-1) || !isTaken(refusal)) throw refusalError(refusal);
    conflict = refusal;
    lost.push(subnet);
  }
  throw new StrataError({
    code: 'STRATA-E343',
    message: `no free subnet for ${purpose} after ${lost.length} attempts`,
    fix: 'remove what dead runs left: strata clean; see which networks are routed: ip route',
    ...(conflict === undefined ? {} : { cause: refusalError(conflict) }),
  });
}
