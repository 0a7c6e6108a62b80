/** Which database server a node has, found by asking it, and whether it is the one the cell wants. */
import type { Node } from '../../../environments/environment.ts';
import type { MysqlFactors } from '../../../harness/foundation/cell.ts';
import { StrataError } from '../../../harness/foundation/errors.ts';

export interface Engine {
  readonly kind: MysqlFactors['engine'];
  /** The program that serves. */
  readonly program: string;
  /** As the server tells it: `10.11.6-MariaDB-0+deb12u1`. */
  readonly version: string;
  /** Commands of the node run as root, which a server refuses to do unless told. */
  readonly isRoot: boolean;
}

const probeTimeoutMs = 60_000;

/** One command, because each is dear on an emulated machine: who runs it, then what each server calls itself. */
const probe = `id -u
for program in mariadbd mysqld; do
  command -v $program >/dev/null 2>&1 && printf '%s ' $program && $program --no-defaults --version
done
exit 0`;

/** @throws StrataError E542 when the node has no such server */
export async function findEngine(
  node: Node,
  wanted: MysqlFactors['engine'],
  signal: AbortSignal,
): Promise<Engine> {
  const { stdout } = await node.exec(['sh', '-c', probe], { signal, timeoutMs: probeTimeoutMs });
  const [uid, ...lines] = stdout.trim().split('\n');
  const found = lines.flatMap(readVersion);
  const fitting = found.find(({ kind, version }) => kind === wanted && isSupported(kind, version));
  if (fitting !== undefined) return { ...fitting, isRoot: uid === '0' };
  throw noEngine(node.name, wanted, found);
}

type Found = Pick<Engine, 'kind' | 'program' | 'version'>;

/** Reads `mysqld /usr/sbin/mysqld  Ver 8.0.36 for Linux …`; MariaDB installs itself under both names. */
export function readVersion(line: string): Found[] {
  const match = /^(\S+) .*Ver (\S+)/.exec(line);
  const [, program, version] = match ?? [];
  if (program === undefined || version === undefined) return [];
  return [{ kind: /mariadb/i.test(line) ? 'mariadb' : 'mysql', program, version }];
}

function isSupported(kind: Engine['kind'], version: string): boolean {
  return kind === 'mariadb' || Number.parseInt(version, 10) >= 8;
}

function noEngine(node: string, wanted: Engine['kind'], found: readonly Found[]): StrataError {
  const has =
    found.length === 0
      ? 'neither mariadbd nor mysqld'
      : [...new Set(found.map(({ kind, version }) => `${kind} ${version}`))].join(' and ');
  return new StrataError({
    code: 'STRATA-E542',
    message: `engine ${wanted} is not on ${node}: it has ${has}`,
    fix:
      wanted === 'mysql'
        ? 'take engine mariadb, or install MySQL Server 8 or newer on the nodes (the image has MariaDB only)'
        : 'install it: apt-get install mariadb-server (the service need not run)',
  });
}
