import { describe, expect, it } from 'vitest';
import type { Cell, MysqlFactors } from '../../harness/foundation/cell.ts';
import { checkMysqlCell, mysqlTopology } from './check.ts';
import { lowestAddress } from './instances.ts';
import { readVersion } from './server/engine.ts';

const factors: MysqlFactors = {
  ...{ engine: 'mariadb', insertsPerMinute: 0, aggregation: 100, stringLength: 32, durability: 1 },
  ...{ mode: 'replicated', delivery: 'sequential', nameResolution: false, onPeerLoss: 'fail' },
};

function cell(choice: Partial<Cell>, mysql: Partial<MysqlFactors> = {}): Cell {
  return {
    ...{ env: 'process', workload: 'mysql', replicas: 3, clients: 3, store: 'ram', sharedMemory: 'none' },
    ...{ load: { kind: 'closed' }, balance: 'round-robin', mix: {}, requests: 200, warmupRequests: 0 },
    ...{ requestTimeoutMs: 5000, faults: [], mysql: { ...factors, ...mysql }, ...choice },
  };
}

const keys = (one: Cell) => checkMysqlCell(one).map(({ key }) => key);

describe('a cell of the inserter', () => {
  it('has one node for each instance, on the medium and with the limits asked for', () => {
    expect(mysqlTopology(cell({ cpus: 0.5, memoryBytes: 2 ** 29 }))).toEqual(
      ['db-1', 'db-2', 'db-3'].map((name) => ({ name, storage: 'ram', cpus: 0.5, memoryBytes: 2 ** 29 })),
    );
  });

  it('may have any number of instances up to 15, also an even one', () => {
    expect(keys(cell({ replicas: 4, clients: 4 }))).toEqual([]);
    expect(keys(cell({ replicas: 15, clients: 64 }))).toEqual([]);
    expect(keys(cell({ replicas: 16, clients: 16 }))).toEqual(['replicas']);
    expect(keys(cell({ replicas: 0, clients: 1 }))).toEqual(['replicas']);
  });

  it('needs a loop for each instance, and 64 at most', () => {
    expect(keys(cell({ clients: 2 }))).toEqual(['clients']);
    expect(keys(cell({ clients: 65 }))).toEqual(['clients']);
  });

  it('is refused when no batch would ever be full, unless nothing is sent anyway', () => {
    expect(checkMysqlCell(cell({}, { aggregation: 201 }))).toEqual([
      { key: 'aggregation', given: '201', allowed: expect.stringContaining('at most 200') as string },
    ]);
    expect(keys(cell({}, { aggregation: 200 }))).toEqual([]);
    expect(keys(cell({}, { aggregation: 201, mode: 'baseline' }))).toEqual([]);
    expect(keys(cell({ replicas: 1, clients: 1 }, { aggregation: 201 }))).toEqual([]);
  });

  it('is refused when a statement or a row could not hold what is asked', () => {
    expect(keys(cell({ requests: 30_000 }, { aggregation: 21_846 }))).toEqual(['aggregation']);
    expect(keys(cell({}, { stringLength: 16_001 }))).toEqual(['stringLength']);
    expect(keys(cell({}, { stringLength: 0 }))).toEqual(['stringLength']);
  });
});

describe('the place where the instances meet', () => {
  it('is the database with the lowest address, as numbers', () => {
    const at = (...hosts: string[]) => lowestAddress(hosts.map((host) => ({ host })));
    expect(at('10.0.0.12', '10.0.0.9', '10.0.0.100')).toBe(1);
    expect(at('127.0.0.1', '127.0.0.1')).toBe(0);
    expect(at('172.18.0.2', '10.200.0.1')).toBe(1);
  });
});

describe('what a server calls itself', () => {
  it('tells MariaDB from MySQL, whatever the program is called', () => {
    const debian = 'mysqld mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
    expect(readVersion(debian)).toEqual([
      { kind: 'mariadb', program: 'mysqld', version: '10.11.6-MariaDB-0+deb12u1' },
    ]);
    const oracle = 'mysqld /usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)';
    expect(readVersion(oracle)).toEqual([{ kind: 'mysql', program: 'mysqld', version: '8.0.36' }]);
    expect(readVersion('mysqld: error while loading shared libraries')).toEqual([]);
  });
});
