/** What became of all inserts and batches of an agent, put together from its loops. */
import type { Peer } from './gathering.ts';
import type { Lane } from './lane.ts';
import type { AgentReport, LaneBatches } from './messages.ts';

export function reportOf(
  open: readonly { readonly lane: Lane; readonly peers: readonly Peer[] }[],
): Pick<AgentReport, 'cycles' | 'inserted' | 'resent' | 'found' | 'dropped' | 'doubtful'> {
  const channels = open.flatMap(({ lane, peers }) =>
    peers.map(({ peer, channel }) => ({ lane: lane.lane, peer, ...channel.deliveries })),
  );
  const named =
    (lane: number, peer: number) =>
    (batch: { firstSeq: number; count: number }): LaneBatches => {
      return { lane, peer, ...batch };
    };
  return {
    cycles: {
      ok: sum(open.map(({ lane }) => lane.counts.ok)),
      failed: sum(open.map(({ lane }) => lane.counts.failed)),
    },
    inserted: open.map(({ lane }) => ({ lane: lane.lane, count: lane.inserted() })),
    resent: sum([
      ...open.map(({ lane }) => lane.counts.resent),
      ...channels.map(({ counts }) => counts.late),
    ]),
    found: sum(channels.map(({ counts }) => counts.found)),
    dropped: channels.flatMap(({ lane, peer, dropped }) => dropped.map(named(lane, peer))),
    doubtful: channels.flatMap(({ lane, peer, doubtful }) =>
      doubtful === null ? [] : [named(lane, peer)(doubtful)],
    ),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
