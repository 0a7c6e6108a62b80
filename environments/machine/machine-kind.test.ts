import { describe, expect, it } from 'vitest';
import { planUserNetwork } from '../network/user-network.ts';
import { neutralNic } from './machine-kind.ts';
import type { MachineNic } from './machine-spec.ts';

const tap = (link: string): MachineNic[] => [{ mac: '02:00:00:00:00:01', backend: { kind: 'tap', link } }];

function userNics(runId: string, sshPort: number): readonly MachineNic[] {
  const [node] = planUserNetwork({ runId, sshPorts: [sshPort], socketPort: sshPort + 1, firstIndex: 0 });
  return node?.nics ?? [];
}

describe('the cards of a machine, as far as they decide whether it can wake from a template', () => {
  it('are the same for every run on a network of the same kind', () => {
    expect(tap('strata1-0').map(neutralNic)).toEqual(tap('strata2-7').map(neutralNic));
    const [one, other] = [userNics('r1', 20_000), userNics('r2', 30_000)];
    expect(one).not.toEqual(other);
    expect(one.map(neutralNic)).toEqual(other.map(neutralNic));
  });

  it('differ between a bridge and the network of an ordinary user', () => {
    expect(userNics('r1', 20_000).map(neutralNic)).not.toEqual(tap('strata1-0').map(neutralNic));
  });
});
