/** What `doctor --fix` may do, as data: shown with its size and rights before anything is run. */
import { existsSync } from 'node:fs';

export interface Fix {
  readonly id: FixId;
  readonly what: string;
  readonly action:
    | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
    | { readonly kind: 'build-image' };
  /** In words: download and disk. */
  readonly size: string;
  readonly needsRoot: boolean;
}

export const fixIds = [
  'install-etcd',
  'install-docker',
  'start-docker',
  'install-mmdebstrap',
  'build-image',
] as const;
export type FixId = (typeof fixIds)[number];

const aptInstall = ['apt-get', 'install', '-y', '--no-install-recommends'] as const;

/** Without systemd the daemon is started directly and goes on after doctor has ended; its log is named. */
const dockerd =
  'setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null & for i in $(seq 60); do docker version >/dev/null 2>&1 && exit 0; sleep 0.5; done; tail -n 20 /var/log/dockerd.log >&2; exit 1';

export function fixFor(id: FixId, hasSystemd = existsSync('/run/systemd/system')): Fix {
  switch (id) {
    case 'install-etcd':
      return {
        id,
        what: 'install etcd',
        ...command(...aptInstall, 'etcd-server'),
        size: '9 MB download, 25 MB disk',
        needsRoot: true,
      };
    case 'install-docker':
      return {
        id,
        what: 'install Docker Engine',
        ...command(...aptInstall, 'docker.io', 'iptables'),
        size: '75 MB download, 300 MB disk',
        needsRoot: true,
      };
    case 'start-docker':
      return {
        id,
        what: 'start Docker Engine',
        ...(hasSystemd ? command('systemctl', 'start', 'docker') : command('sh', '-c', dockerd)),
        size: 'nothing to download',
        needsRoot: true,
      };
    case 'install-mmdebstrap':
      return {
        id,
        what: 'install mmdebstrap',
        ...command(...aptInstall, 'mmdebstrap'),
        size: '1 MB download, 5 MB disk',
        needsRoot: true,
      };
    case 'build-image':
      return {
        id,
        what: 'build the Debian root filesystem',
        action: { kind: 'build-image' },
        size: '300 MB download, 2.5 GB disk, about a minute',
        needsRoot: true,
      };
  }
}

function command(...words: readonly [string, ...string[]]): Pick<Fix, 'action'> {
  return { action: { kind: 'command', command: words } };
}

/** What is run, as one may type it. */
export function actionText({ action }: Fix): string {
  if (action.kind === 'build-image') return 'mmdebstrap (pinned package list, into the cache directory)';
  return action.command.map((word) => (/[\s;&]/.test(word) ? `'${word}'` : word)).join(' ');
}
