import { describe, expect, it } from 'vitest';
import {
  addressIn,
  chooseSubnet,
  formatSubnet,
  overlaps,
  parseRoutes,
  parseSubnet,
  type Subnet,
} from './subnet.ts';

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text);
  if (parsed === null) throw new Error(text);
  return parsed;
};

describe('subnets', () => {
  it('are read and written; what is not IPv4 is none', () => {
    expect(formatSubnet(subnet('172.17.0.0/16'))).toBe('172.17.0.0/16');
    expect(formatSubnet(subnet('255.255.255.0/24'))).toBe('255.255.255.0/24');
    expect(parseSubnet('fd00::/64')).toBeNull();
    expect(parseSubnet('')).toBeNull();
  });

  it('overlap when one contains the other, in either order', () => {
    expect(overlaps(subnet('10.0.0.0/8'), subnet('10.201.3.0/24'))).toBe(true);
    expect(overlaps(subnet('10.201.3.0/24'), subnet('10.0.0.0/8'))).toBe(true);
    expect(overlaps(subnet('10.201.3.0/24'), subnet('10.201.4.0/24'))).toBe(false);
    expect(overlaps(subnet('192.168.0.0/16'), subnet('10.201.4.0/24'))).toBe(false);
  });

  it('give addresses by number', () => {
    expect(addressIn(subnet('10.201.3.0/24'), 2)).toBe('10.201.3.2');
    expect(addressIn(subnet('10.201.3.0/24'), 254)).toBe('10.201.3.254');
  });
});

describe('the subnet of a run', () => {
  it('is the same for the same run and differs between runs', () => {
    expect(chooseSubnet('run-a', [])).toEqual(chooseSubnet('run-a', []));
    expect(chooseSubnet('run-a', [])).not.toEqual(chooseSubnet('run-b', []));
  });

  it('avoids everything in use', () => {
    const first = chooseSubnet('run-a', []);
    const second = chooseSubnet('run-a', first === null ? [] : [first]);
    expect(second).not.toBeNull();
    expect(second).not.toEqual(first);
    const mostOfIt = Array.from({ length: 54 }, (_, index) => subnet(`10.${200 + index}.0.0/16`));
    expect(formatSubnet(chooseSubnet('run-a', mostOfIt) ?? subnet('0.0.0.0/0'))).toMatch(
      /^10\.254\.\d+\.0\/24$/,
    );
  });

  it('is none when all are taken', () => {
    expect(chooseSubnet('run-a', [subnet('10.0.0.0/8')])).toBeNull();
  });
});

describe('the routing table', () => {
  it('tells networks by destination and mask, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'tun0\t01020A0A\t00000000\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(parseRoutes(table).map(formatSubnet)).toEqual(['172.17.0.0/16', '10.10.2.1/32']);
    expect(parseRoutes('')).toEqual([]);
  });
});
