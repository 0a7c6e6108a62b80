/**
 * What the one root filesystem consists of, and the key that names its content. Pure: nothing is built here.
 * Whatever changes the bytes of the result must be part of {@link RootfsRecipe}, or an old cache would pass for new.
 */
import { createHash } from 'node:crypto';

export interface RootfsRecipe {
  /** Grows when the way of building changes without any of the other fields changing. */
  readonly version: number;
  readonly suite: string;
  readonly variant: string;
  readonly packages: readonly string[];
  /** dpkg options in force during installation. */
  readonly dpkgOptions: readonly string[];
  /** Shell commands run on the host when everything is installed; `$1` is the root of the new filesystem. */
  readonly customizeHooks: readonly string[];
}

const forWorkloads = [
  'ca-certificates',
  'etcd-client',
  'etcd-server',
  'gcc',
  'iproute2',
  'libc6-dev',
  'make',
  'mariadb-server',
  'nodejs',
  'openssh-server',
  'procps',
];

/** A kernel, an init and an engine: unused in containers, but one filesystem serves all environments. */
const forGuests = [
  'docker.io',
  'kmod',
  'linux-image-cloud-amd64',
  'qemu-guest-agent',
  'systemd',
  'systemd-sysv',
  'udev',
  'util-linux-extra',
];

export const rootfsRecipe: RootfsRecipe = {
  version: 1,
  suite: 'trixie',
  variant: 'minbase',
  packages: [...forWorkloads, ...forGuests].sort(),
  dpkgOptions: [
    'force-unsafe-io',
    'path-exclude=/usr/share/man/*',
    'path-exclude=/usr/share/locale/*',
    'path-exclude=/usr/share/doc/*',
    'path-include=/usr/share/doc/*/copyright',
  ],
  customizeHooks: [
    // Identity and settings of the building host must not travel with the image.
    'rm -f "$1"/etc/hostname "$1"/etc/resolv.conf "$1"/etc/ssh/ssh_host_*',
    'rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/sources.list',
    'truncate -s 0 "$1"/etc/machine-id',
  ],
};

/** First 12 hex digits of the SHA-256 over the recipe; the order of packages does not matter. */
export function recipeKey(recipe: RootfsRecipe): string {
  const canonical = JSON.stringify([
    recipe.version,
    recipe.suite,
    recipe.variant,
    [...recipe.packages].sort(),
    recipe.dpkgOptions,
    recipe.customizeHooks,
  ]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 12);
}

/** Environment variable through which the package listing hook learns where to write. */
export const packageListVariable = 'STRATA_PACKAGE_LIST';

export interface HostApt {
  /** Where the host fetches Debian packages from; null = let mmdebstrap take its own default. */
  readonly mirror: string | null;
  /** Acquire options of the host that decide whether that mirror can be used: proxy, date checks. */
  readonly options: readonly string[];
}

/** As whom mmdebstrap works: root, or the root of a user namespace. Both give the same content. */
export type BootstrapMode = 'root' | 'unshare';

/** The command line of mmdebstrap; the archive goes to its standard output. */
export function mmdebstrapArguments(
  recipe: RootfsRecipe,
  apt: HostApt,
  mode: BootstrapMode = 'root',
): string[] {
  const listPackages =
    'chroot "$1" dpkg-query --show --showformat \'${Package} ${Version}\\n\' > ' +
    `"$${packageListVariable}"`;
  return [
    `--mode=${mode}`,
    '--format=tar',
    `--variant=${recipe.variant}`,
    `--include=${recipe.packages.join(',')}`,
    ...apt.options.map((option) => `--aptopt=${option}`),
    ...recipe.dpkgOptions.map((option) => `--dpkgopt=${option}`),
    `--customize-hook=${listPackages}`,
    ...recipe.customizeHooks.map((hook) => `--customize-hook=${hook}`),
    recipe.suite,
    '-',
    ...(apt.mirror === null ? [] : [apt.mirror]),
  ];
}

/** Parses the listing written by the hook: package name → version. */
export function parsePackageList(text: string): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const [name, version] = line.split(' ');
    if (name !== undefined && version !== undefined) versions[name] = version;
  }
  return versions;
}
