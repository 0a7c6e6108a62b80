/** What runs have in this host's network, and its removal. Routes go with the link they point to. */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { Leftover } from '../environment.ts';
import { forwardingRules, removeForwardingRule } from './forwarding-rule.ts';
import { removeLinksNamed, runLinks } from './links.ts';

const rulePrefix = 'firewall rule of ';

/** Links of one run, or of all runs, and the firewall rules of their bridges (seen by root only). */
export async function listLinks(runId?: string, signal = AbortSignal.timeout(30_000)): Promise<Leftover[]> {
  const [links, rules] = await Promise.all([runLinks(), forwardingRules(signal)]);
  const all = [
    ...links.map(({ name, runId: owner }) => ({ kind: 'link' as const, name, runId: owner })),
    ...rules.map(({ bridge, runId: owner }) => ({
      kind: 'link' as const,
      name: `${rulePrefix}${bridge}`,
      runId: owner,
    })),
  ];
  return all.filter((leftover) => runId === undefined || leftover.runId === runId);
}

/** Removes everything of one run; what is gone already is no error. E346 names what stays. */
export async function removeLinks(runId: string, signal = AbortSignal.timeout(30_000)): Promise<Leftover[]> {
  return removeListed(await listLinks(runId, signal), signal);
}

/** Removes what runs that are not live left. For others than root that is nothing: no link is theirs. */
export async function reapLinks(
  isLive: (runId: string) => boolean,
  signal: AbortSignal,
): Promise<Leftover[]> {
  if (process.getuid?.() !== 0) return [];
  const dead = (await listLinks(undefined, signal)).filter(({ runId }) => !isLive(runId));
  return removeListed(dead, signal);
}

async function removeListed(listed: readonly Leftover[], signal: AbortSignal): Promise<Leftover[]> {
  if (listed.length === 0) return [];
  const links = listed.filter(({ name }) => !name.startsWith(rulePrefix)).map(({ name }) => name);
  const refusal = await removeLinksNamed(links, signal);
  for (const { name, runId } of listed) {
    if (!name.startsWith(rulePrefix)) continue;
    await removeForwardingRule({ bridge: name.slice(rulePrefix.length), runId }, signal);
  }
  const names = new Set(listed.map(({ name }) => name));
  const staying = (await listLinks(undefined, signal)).filter(({ name }) => names.has(name));
  if (staying.length > 0) throw notRemoved(staying, refusal?.reason);
  return [...listed];
}

function notRemoved(staying: readonly Leftover[], reason: string | undefined): StrataError {
  const names = staying.map(({ name }) => name);
  return new StrataError({
    code: 'STRATA-E346',
    message: `could not remove ${names.join(', ')}`,
    fix: 'as root: strata clean',
    leftBehind: names,
    ...(reason === undefined ? {} : { cause: new Error(reason) }),
  });
}
