import { describe, expect, it } from 'vitest';
import { parseRules } from './forwarding-rule.ts';

describe('the rules of the firewall', () => {
  it('are ours when they lead from a bridge to itself and name a run', () => {
    const listing = [
      '-P FORWARD DROP',
      '-A FORWARD -i strata0a1b2c -o strata0a1b2c -m comment --comment "strata=run-1" -j ACCEPT',
      '-A FORWARD -i strata000000 -o strata000000 -m comment --comment strata=run-2 -j ACCEPT',
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -i docker0 -o docker0 -j ACCEPT',
      '-A FORWARD -i br0 -o eth0 -m comment --comment "strata=run-3" -j ACCEPT',
      '-A FORWARD -i br0 -o br0 -m comment --comment "site rule" -j ACCEPT',
      '',
    ].join('\n');
    expect(parseRules(listing)).toEqual([
      { runId: 'run-1', bridge: 'strata0a1b2c' },
      { runId: 'run-2', bridge: 'strata000000' },
    ]);
    expect(parseRules('')).toEqual([]);
  });
});
