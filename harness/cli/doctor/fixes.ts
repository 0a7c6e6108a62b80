/** What `doctor --fix` may do, as data: shown with its size and rights before anything is run. */
import { existsSync } from 'node:fs';
import { dockerDiskCost, guestImageCost } from '../../../environments/guest/status.ts';
import { installQemu } from '../../../environments/machine/qemu-version.ts';
import { costText } from '../builds/pending-builds.ts';

/** Built by this program itself. */
export type Build = 'rootfs' | 'guest-image' | 'docker-disk';

export interface Fix {
  readonly id: FixId;
  readonly what: string;
  readonly action:
    | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
    | { readonly kind: 'build'; readonly build: Build };
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
  'install-qemu',
  'install-guest-tools',
  'install-uidmap',
  'install-network-tools',
  'build-guest-image',
  'build-docker-disk',
] as const;
export type FixId = (typeof fixIds)[number];

const aptInstall = ['apt-get', 'install', '-y', '--no-install-recommends'] as const;

/** Without systemd the daemon is started directly and goes on after doctor has ended; its log is named. */
const dockerd =
  'setsid dockerd >/var/log/dockerd.log 2>&1 </dev/null & for i in $(seq 60); do docker version >/dev/null 2>&1 && exit 0; sleep 0.5; done; tail -n 20 /var/log/dockerd.log >&2; exit 1';

type Described = Omit<Fix, 'id'>;

/** Sizes are those of Debian 12, rounded up: what is installed already makes them smaller. */
const fixes: Readonly<Record<FixId, (hasSystemd: boolean) => Described>> = {
  'install-etcd': () => install('etcd', '9 MB download, 25 MB disk', 'etcd-server'),
  'install-docker': () => install('Docker Engine', '75 MB download, 300 MB disk', 'docker.io', 'iptables'),
  'start-docker': (hasSystemd) => ({
    what: 'start Docker Engine',
    ...(hasSystemd ? command('systemctl', 'start', 'docker') : command('sh', '-c', dockerd)),
    size: 'nothing to download',
    needsRoot: true,
  }),
  'install-mmdebstrap': () => install('mmdebstrap', '1 MB download, 5 MB disk', 'mmdebstrap'),
  'build-image': () => ({
    what: 'build the Debian root filesystem',
    action: { kind: 'build', build: 'rootfs' },
    size: '300 MB download, 2.5 GB disk, about a minute',
    needsRoot: true,
  }),
  'install-qemu': () => ({
    what: 'install QEMU',
    ...command(...words(installQemu)),
    size: '160 MB download, 450 MB disk',
    needsRoot: true,
  }),
  'install-guest-tools': () =>
    install(
      'what builds guest images',
      '4 MB download, 11 MB disk',
      ...['e2fsprogs', 'tar', 'util-linux', 'xz-utils'],
    ),
  'install-uidmap': () =>
    install('user namespaces with ids of their own', '1 MB download, 1 MB disk', 'uidmap'),
  'install-network-tools': () =>
    install('what connects machines', '2 MB download, 6 MB disk', 'iproute2', 'iptables'),
  'build-guest-image': () => ({
    what: 'build the guest image',
    action: { kind: 'build', build: 'guest-image' },
    size: costText(guestImageCost),
    needsRoot: false,
  }),
  'build-docker-disk': () => ({
    what: 'build the disk with Docker images for docker-vm',
    action: { kind: 'build', build: 'docker-disk' },
    size: costText(dockerDiskCost),
    needsRoot: false,
  }),
};

export function fixFor(id: FixId, hasSystemd = existsSync('/run/systemd/system')): Fix {
  return { id, ...fixes[id](hasSystemd) };
}

function install(what: string, size: string, ...packages: readonly string[]): Described {
  return { what: `install ${what}`, ...command(...aptInstall, ...packages), size, needsRoot: true };
}

function command(...line: readonly [string, ...string[]]): Pick<Fix, 'action'> {
  return { action: { kind: 'command', command: line } };
}

function words(line: string): readonly [string, ...string[]] {
  const [program = '', ...rest] = line.split(' ');
  return [program, ...rest];
}

const buildTexts: Readonly<Record<Build, string>> = {
  rootfs: 'mmdebstrap (pinned package list, into the cache directory)',
  'guest-image': 'kernel, initramfs and disk from the root filesystem, into the cache directory',
  'docker-disk':
    "the root filesystem as an image of its own Docker Engine, on a disk beside the guest image's",
};

/** What is run, as one may type it. */
export function actionText({ action }: Fix): string {
  if (action.kind === 'build') return buildTexts[action.build];
  return action.command.map((word) => (/[\s;&]/.test(word) ? `'${word}'` : word)).join(' ');
}
