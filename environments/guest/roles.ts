/**
 * What a guest can be made ready for, as shell scripts that its PID 1 runs once the root disk is mounted. A role is
 * ready when its script ends with status 0: each waits until its services answer, and what it started stays.
 */

export const roles = ['plain', 'mariadb', 'docker'] as const;
export type Role = (typeof roles)[number];

/** The server's own files, as its package installed them; they are private to the guest because its disk is. */
const mariadb = `set -e
install -d -o mysql -g mysql /run/mysqld
mariadbd --user=mysql --skip-name-resolve --bind-address=0.0.0.0 >/var/log/mariadbd.log 2>&1 &
server=$!
alive() { kill -0 $server 2>/dev/null || { tail -n 5 /var/log/mariadbd.log >&2; exit 1; }; }
until [ -S /run/mysqld/mysqld.sock ]; do alive; sleep 0.1; done
until mariadb-admin --silent ping >/dev/null 2>&1; do alive; sleep 0.1; done
`;

/** Asks the engine for the image until it has it, in one process: under emulation each new one costs 100 ms. */
const awaitEngine = `use IO::Socket::UNIX;
my ($engine, $image) = @ARGV;
while (readlink "/proc/$engine/exe") {
  if (my $socket = IO::Socket::UNIX->new("/var/run/docker.sock")) {
    print $socket "GET /images/$image/json HTTP/1.0\\r\\n\\r\\n";
    my $answer = <$socket> // "";
    exit 0 if $answer =~ / 200 /;
    die "the engine answers, but does not have $image\\n" if $answer =~ / 404 /;
  }
  select undef, undef, undef, 0.05;
}
die "dockerd ended\\n";
`;

/** What the engine would write for a containerd of its own. */
const containerdConfig = `version = 2
root = "/var/lib/docker/containerd/daemon"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd/containerd.sock"
`;

/**
 * containerd is started here: the engine gives one that it starts itself 15 s, which an emulated processor on a busy
 * host does not keep, and kills it when it misses three health checks.
 *
 * Forwarding is on before the engine starts, or the engine would set the policy of the FORWARD chain to DROP; the
 * rules let the host reach containers by their own addresses, whatever network they are on.
 */
function docker(image: string): string {
  return `set -e
ulimit -n 1048576
echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -w -P FORWARD ACCEPT
iptables -w -N DOCKER-USER
iptables -w -A DOCKER-USER -j ACCEPT
printf '%s' '${containerdConfig}' >/run/containerd.toml
containerd --config /run/containerd.toml >/var/log/containerd.log 2>&1 &
containerd=$!
until [ -S /run/containerd/containerd.sock ]; do
  kill -0 $containerd 2>/dev/null || { tail -n 5 /var/log/containerd.log >&2; exit 1; }
  sleep 0.1
done
dockerd --containerd=/run/containerd/containerd.sock --storage-driver=overlay2 >/var/log/dockerd.log 2>&1 &
engine=$!
perl -e '${awaitEngine}' $engine '${image}' || { tail -n 5 /var/log/dockerd.log >&2; exit 1; }
`;
}

/** Script of each role; `image` is the tag that the engine of a \`docker\` guest must have. */
export function roleScripts(image: string): Readonly<Record<Role, string>> {
  return { plain: '', mariadb, docker: docker(image) };
}
