/**
 * Letting the guests on a bridge talk to each other on a host with a firewall.
 *
 * Found on Linux 6.18 with Docker 20.10 running: Docker sets the policy of FORWARD to DROP and
 * `bridge-nf-call-iptables` to 1, after which frames between two ports of any bridge pass through FORWARD and are
 * dropped; host and guest still reach each other, because that is INPUT and OUTPUT. The bridge's own
 * `nf_call_iptables` = 0 changes nothing: the kernel takes the global setting OR that of the bridge, and the global
 * one is Docker's. So the bridge gets one rule, from itself to itself, in front of Docker's, with the run id as
 * its comment. Nothing is let in from, or out to, any other link.
 */
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';
import { aliasOf, runIdIn } from './link-names.ts';

export interface ForwardingRule {
  readonly runId: string;
  readonly bridge: string;
}

const timeoutMs = 20_000;

/** Whether frames between the ports of a bridge go through the IPv4 firewall at all. */
export async function firewallSeesBridges(
  setting = '/proc/sys/net/bridge/bridge-nf-call-iptables',
): Promise<boolean> {
  // Without the file the module is not loaded, and bridges are not filtered.
  return (await readFile(setting, 'utf8').catch(() => '0')).trim() === '1';
}

/** Throws E347 when iptables cannot be run or refuses. */
export async function addForwardingRule(rule: ForwardingRule, signal: AbortSignal): Promise<void> {
  const outcome = await iptables(['-I', 'FORWARD', '1', ...specification(rule)], signal);
  signal.throwIfAborted();
  if (outcome.failed) throw notChanged(`let the guests on ${rule.bridge} reach each other`, outcome);
}

/** A rule that is gone already is no error. */
export async function removeForwardingRule(rule: ForwardingRule, signal: AbortSignal): Promise<void> {
  const outcome = await iptables(['-D', 'FORWARD', ...specification(rule)], signal);
  signal.throwIfAborted();
  if (!outcome.failed || /does a matching rule exist|No chain\/target\/match/.test(outcome.stderr)) return;
  throw notChanged(`remove the rule of ${rule.bridge}`, outcome);
}

/** The rules of all runs. Only root can read them: none for other users, nor where there is no iptables. */
export async function forwardingRules(signal: AbortSignal): Promise<ForwardingRule[]> {
  if (process.getuid?.() !== 0) return [];
  const outcome = await iptables(['-S', 'FORWARD'], signal);
  signal.throwIfAborted();
  return outcome.failed ? [] : parseRules(outcome.stdout);
}

/** Lines of `iptables -S FORWARD`. */
export function parseRules(text: string): ForwardingRule[] {
  return text.split('\n').flatMap((line) => {
    const match = /^-A FORWARD -i (\S+) -o \1 .*--comment "?(strata=[^"\s]+)"? -j ACCEPT$/.exec(line);
    const runId = match?.[2] === undefined ? null : runIdIn(match[2]);
    return match?.[1] === undefined || runId === null ? [] : [{ runId, bridge: match[1] }];
  });
}

function specification({ runId, bridge }: ForwardingRule): string[] {
  return ['-i', bridge, '-o', bridge, '-m', 'comment', '--comment', aliasOf(runId), '-j', 'ACCEPT'];
}

/** `-w`: others change the tables too, and wait for each other. */
function iptables(args: readonly string[], signal: AbortSignal) {
  return execa('iptables', ['-w', '10', ...args], {
    reject: false,
    cancelSignal: signal,
    timeout: timeoutMs,
    forceKillAfterDelay: 1_000,
  });
}

function notChanged(what: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E347',
    message: `cannot ${what}: this host filters bridges, and iptables did not take the rule`,
    fix: 'apt-get install -y --no-install-recommends iptables (as root), or sysctl net.bridge.bridge-nf-call-iptables=0',
    cause,
  });
}
