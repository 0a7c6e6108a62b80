import { describe, expect, it } from 'vitest';
import type { Engine } from './engine.ts';
import { serverConfig } from './server-config.ts';

const place = {
  address: '127.0.0.1',
  port: 4000,
  dataDir: '/n/db',
  socket: '/n/db.sock',
  initFile: '/n/init.sql',
};
const settingsOf = (kind: Engine['kind']) =>
  serverConfig(
    { kind, program: 'server', version: '9', isRoot: false },
    place,
    { instances: 3, clients: 64 },
    { durability: 1, nameResolution: false },
  ).split('\n');

describe('the configuration of a server', () => {
  // Seen with Debian's MySQL 9.7: it ends at once where its built-in directory is missing.
  it("keeps MySQL from what its packager's directories and ports would be", () => {
    expect(settingsOf('mysql')).toEqual(expect.arrayContaining(['secure-file-priv = NULL', 'mysqlx = OFF']));
  });

  it('asks MariaDB for nothing that only MySQL knows', () => {
    expect(settingsOf('mariadb').filter((line) => /secure-file-priv|mysqlx|redo/.test(line))).toEqual([]);
  });

  it('lets in a connection of every loop, and some more', () => {
    expect(settingsOf('mariadb')).toContain('max-connections = 87');
  });
});
