/** The configuration of a database server of a trial: everything that matters is written, nothing of the host is read. */
import type { MysqlFactors } from '../../../harness/foundation/cell.ts';
import type { Engine } from './engine.ts';

export interface ServerPlace {
  readonly address: string;
  readonly port: number;
  readonly dataDir: string;
  readonly socket: string;
  readonly initFile: string;
}

export interface ServerLoad {
  readonly instances: number;
  /** Insert loops of all instances: each has a connection to every server. */
  readonly clients: number;
}

/** Redo log, also of the skeleton: a log of another size would be made anew at the first start. */
export const logFileMegabytes = 32;

/** Ours and the administrator's, beside those of the loops. */
const spareConnections = 20;

export function serverConfig(
  engine: Engine,
  place: ServerPlace,
  load: ServerLoad,
  { durability, nameResolution }: Pick<MysqlFactors, 'durability' | 'nameResolution'>,
): string {
  const settings = [
    ...(engine.isRoot ? ['user = root'] : []),
    `datadir = ${place.dataDir}`,
    `socket = ${place.socket}`,
    `pid-file = ${place.socket}.pid`,
    `bind-address = ${place.address}`,
    `port = ${place.port}`,
    `init-file = ${place.initFile}`,
    ...(nameResolution ? [] : ['skip-name-resolve']),
    'skip-log-bin',
    ...(engine.kind === 'mysql' ? ['mysqlx = OFF', 'secure-file-priv = NULL'] : []),
    'performance-schema = OFF',
    `max-connections = ${load.clients + load.instances + spareConnections}`,
    'max-connect-errors = 1000000',
    'back-log = 256',
    'max-allowed-packet = 16M',
    `innodb-flush-log-at-trx-commit = ${durability}`,
    'innodb-buffer-pool-size = 128M',
    ...logSize(engine),
  ];
  return ['[mysqld]', ...settings, ''].join('\n');
}

/** The size of the redo log as each engine calls it. */
export function logSize({ kind }: Pick<Engine, 'kind'>): string[] {
  return kind === 'mariadb'
    ? [`innodb-log-file-size = ${logFileMegabytes}M`]
    : [`innodb-redo-log-capacity = ${logFileMegabytes}M`];
}
