/** Which loops an agent has, and the connections each of them needs. */
import { laneSeed } from '../tuples.ts';
import { createLink, type Link, type LinkRequest } from './link.ts';
import type { AgentConfig } from './messages.ts';
import { batchPacket, rowFormat, rowLiterals } from './packets.ts';
import { openPeerChannel, type PeerChannel } from './peer-channel.ts';

/** Loop k is of instance k mod N. */
export function ownLanes({ clients, databases, instance }: AgentConfig): number[] {
  const all = Array.from({ length: clients }, (_unused, lane) => lane);
  return all.filter((lane) => lane % databases.length === instance);
}

/** The instances whose databases get batches. */
export function peersOf({ databases, instance, factors }: AgentConfig): number[] {
  if (factors.mode === 'baseline') return [];
  return databases.map((_database, index) => index).filter((index) => index !== instance);
}

function linkRequest(
  config: AgentConfig,
  lane: number,
  peer: number,
): Omit<LinkRequest, 'place' | 'rows' | 'signal' | 'onIdleLoss'> {
  const { credentials, instance, requestTimeoutMs, databases } = config;
  return { name: databases[peer]?.name ?? '', credentials, origin: instance, lane, requestTimeoutMs };
}

/** To the own database. */
export function ownLink(config: AgentConfig, lane: number, signal: AbortSignal): Link {
  const onIdleLoss = () => undefined;
  const request = linkRequest(config, lane, config.instance);
  // A loop whose own connection breaks while it rests learns of it with its next insert.
  return createLink({ ...request, place: { socketPath: config.ownSocket }, rows: 1, signal, onIdleLoss });
}

export interface ChannelEars {
  readonly signal: AbortSignal;
  readonly onLoss: (error: Error) => void;
  readonly onFatal: (error: Error) => void;
}

export function channelTo(config: AgentConfig, lane: number, peer: number, ears: ChannelEars): PeerChannel {
  const { factors, instance, databases, timeoutsMs, seed } = config;
  const format = rowFormat(factors.stringLength);
  const ofLane = laneSeed(seed, instance, lane);
  const endpoint = databases[peer];
  if (endpoint === undefined) throw new Error(`there is no instance ${peer}`);
  return openPeerChannel({
    policy: factors.onPeerLoss,
    rows: factors.aggregation,
    lossTimeoutMs: timeoutsMs.loss,
    makeLink: (onIdleLoss) =>
      createLink({
        ...linkRequest(config, lane, peer),
        ...{
          place: { host: endpoint.host, port: endpoint.port },
          rows: factors.aggregation,
          signal: ears.signal,
          onIdleLoss,
        },
      }),
    packetOf: (batch) => batchPacket(format, ofLane, batch),
    literalsOf: (batch) => rowLiterals(format, instance, lane, ofLane, batch),
    onLoss: ears.onLoss,
    onFatal: ears.onFatal,
  });
}
