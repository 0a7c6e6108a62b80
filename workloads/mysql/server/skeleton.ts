/**
 * The empty data directory of a server: made on one node for each version, kept in memory as an archive of less than a
 * megabyte, and unpacked on every other. Making one takes seconds, on an emulated machine a minute.
 */
import type { Node } from '../../../environments/environment.ts';
import { StrataError } from '../../../harness/foundation/errors.ts';
import type { Engine } from './engine.ts';
import { logFileMegabytes } from './server-config.ts';

/** The archives of a run, by engine and version. */
export interface Skeletons {
  /** Fills `<node.dataDir>/db`, which must not exist, and returns its path. */
  readonly place: (node: Node, engine: Engine, signal: AbortSignal) => Promise<string>;
}

const makeTimeoutMs = 300_000;
const unpackTimeoutMs = 120_000;

export function openSkeletons(): Skeletons {
  const made = new Map<string, Promise<Uint8Array>>();
  return {
    async place(node, engine, signal) {
      const directory = `${node.dataDir}/db`;
      const key = `${engine.kind} ${engine.version}`;
      const known = made.get(key);
      if (known !== undefined) {
        const archive = await known;
        await unpack(node, archive, directory, signal);
        return directory;
      }
      const making = make(node, engine, directory, signal);
      made.set(key, making);
      // The next trial tries again.
      making.catch(() => made.delete(key));
      await making;
      return directory;
    },
  };
}

/** Neither anonymous users nor a test database; the administrator is who runs the server, through its socket only. */
const initialise = {
  mariadb: `mariadb-install-db --no-defaults --skip-test-db --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" --innodb-log-file-size=${logFileMegabytes}M --user="$(id -un)" --datadir="$1"`,
  mysql: `mysqld --no-defaults --initialize --innodb-redo-log-capacity=${logFileMegabytes}M --user="$(id -un)" --datadir="$1"`,
} as const;

async function make(
  node: Node,
  { kind }: Engine,
  directory: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const archive = `${node.workDir}/skeleton.tar.gz`;
  const script = `umask 077; mkdir "$1" && ${initialise[kind]} && tar -C "$1" -czf "$2" .`;
  await run(node, 'make its data directory', ['sh', '-c', script, 'skeleton', directory, archive], {
    signal,
    timeoutMs: makeTimeoutMs,
  });
  return node.get(archive);
}

async function unpack(
  node: Node,
  content: Uint8Array,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const archive = `${node.workDir}/skeleton.tar.gz`;
  await node.put(content, archive);
  const script = 'umask 077; mkdir "$1" && tar -C "$1" --no-same-owner -xzf "$2"';
  await run(node, 'unpack its data directory', ['sh', '-c', script, 'skeleton', directory, archive], {
    signal,
    timeoutMs: unpackTimeoutMs,
  });
}

async function run(
  node: Node,
  what: string,
  command: readonly [string, ...string[]],
  limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<void> {
  const { exitCode, stdout, stderr } = await node.exec(command, limits);
  if (exitCode === 0) return;
  throw new StrataError({
    code: 'STRATA-E543',
    message: `the database of ${node.name} could not ${what} (exit code ${exitCode})`,
    fix: 'see the last words of the command; free some space if the medium is full',
    cause: new Error(`${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n')),
    log: node.logDir,
  });
}
