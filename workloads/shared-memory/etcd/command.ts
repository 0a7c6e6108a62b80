/** How etcd is started as the shared memory of one trial: a single member, quiet, without surprises in the middle. */

export interface EtcdCommandOptions {
  readonly binary?: string;
  /** Unique among the members on the host. */
  readonly name: string;
  /** Absolute directory, empty or absent. */
  readonly dataDir: string;
  /** IP address to listen on, and under which clients reach it. */
  readonly address: string;
  readonly clientPort: number;
  readonly peerPort: number;
}

const quotaBytes = 8 * 1024 ** 3;
const maxRequestBytes = 64 * 1024 ** 2;
const maxTransactionOperations = 10_000;

/**
 * The command line for etcd 3.4 and 3.5. It compacts nothing by itself, because the workload knows which history it
 * still needs; its storage quota is raised so that a long trial does not end read-only; every write is synced.
 */
export function startEtcdCommand(options: EtcdCommandOptions): readonly [string, ...string[]] {
  const { binary = 'etcd', name, dataDir, address, clientPort, peerPort } = options;
  const client = `http://${address}:${clientPort}`;
  const peer = `http://${address}:${peerPort}`;
  return [
    binary,
    ...['--name', name],
    ...['--data-dir', dataDir],
    ...['--listen-client-urls', client],
    ...['--advertise-client-urls', client],
    ...['--listen-peer-urls', peer],
    ...['--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `${name}=${peer}`],
    ...['--initial-cluster-state', 'new'],
    ...['--logger', 'zap'],
    ...['--log-level', 'error'],
    ...['--log-outputs', 'stderr'],
    ...['--auto-compaction-retention', '0'],
    ...['--quota-backend-bytes', String(quotaBytes)],
    ...['--max-request-bytes', String(maxRequestBytes)],
    ...['--max-txn-ops', String(maxTransactionOperations)],
    '--enable-grpc-gateway=false',
  ];
}
