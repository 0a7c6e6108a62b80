import { expect, it } from 'vitest';
import { startEtcdCommand } from './command.ts';

const where = {
  name: 'store',
  dataDir: '/data dir/é',
  address: '10.9.0.4',
  clientPort: 1111,
  peerPort: 2222,
};

it('gives an etcd of one member that listens where it was told', () => {
  const command = startEtcdCommand({ binary: '/usr/bin/etcd', ...where });
  const valueOf = (flag: string) => command[command.indexOf(flag) + 1];
  expect(command[0]).toBe('/usr/bin/etcd');
  expect(valueOf('--data-dir')).toBe('/data dir/é');
  for (const flag of ['--listen-client-urls', '--advertise-client-urls']) {
    expect(valueOf(flag)).toBe('http://10.9.0.4:1111');
  }
  expect(valueOf('--initial-cluster')).toBe('store=http://10.9.0.4:2222');
});

it('never gives up durability nor compacts behind the back of the caller', () => {
  const command = startEtcdCommand(where).join(' ');
  expect(command).not.toContain('unsafe');
  expect(command).toContain('--auto-compaction-retention 0');
});
