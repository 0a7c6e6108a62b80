/** The tuples one loop has inserted and not yet sent: they go to all others as one batch when there are enough. */
import type { Cycle } from '../cycle-file.ts';
import type { Batch } from '../tuples.ts';
import { insertPacket, valuesOffset, type RowFormat } from './packets.ts';
import type { PeerChannel } from './peer-channel.ts';

/** A way to the database of another instance. */
export interface Peer {
  readonly peer: number;
  readonly channel: PeerChannel;
}

export interface GatheringParts {
  readonly peers: readonly Peer[];
  readonly format: RowFormat;
  /** Tuples of a full batch. */
  readonly rows: number;
  readonly delivery: 'sequential' | 'parallel';
  readonly lossTimeoutMs: number;
  readonly nowNs: () => number;
}

export interface Gathering {
  /** Takes the values of tuple `seq` out of the packet of its insert; true when the batch is full. */
  readonly add: (seq: number, row: Buffer, insertedNs: number) => boolean;
  /**
   * Sends the batch to all others and notes in the cycle how that went. True when all of them have it; rejects when one
   * is lost and the policy allows no loss.
   */
  readonly deliver: (cycle: Cycle) => Promise<boolean>;
  /** Sends what there is, as a smaller batch that is no cycle, and waits until nothing is on its way any more. */
  readonly flush: () => Promise<void>;
}

export function createGathering(parts: GatheringParts): Gathering {
  const { peers, format, rows, nowNs } = parts;
  const packet = insertPacket(format, rows);
  const firstRowAt = valuesOffset(rows);
  const rowAt = valuesOffset(1);
  let gathered = 0;
  let firstSeq = 0;
  let sinceNs = 0;
  const take = (): Batch => {
    const batch = { firstSeq, count: gathered };
    gathered = 0;
    return batch;
  };
  return {
    add: (seq, row, insertedNs) => {
      if (gathered === 0) {
        firstSeq = seq;
        sinceNs = insertedNs;
      }
      row.copy(packet, firstRowAt + gathered * format.rowBytes, rowAt);
      gathered += 1;
      return gathered === rows;
    },
    deliver: async (cycle) => {
      const startNs = nowNs();
      cycle.operation = 1;
      cycle.peerNs.fill(NaN);
      cycle.deliveredRows = 0;
      cycle.lagNs = NaN;
      const isComplete = await deliverToAll(parts, take(), packet, cycle);
      const endNs = nowNs();
      cycle.deliveryNs = endNs - startNs;
      cycle.bytes = cycle.deliveredRows * format.rowBytes;
      if (isComplete) cycle.lagNs = endNs - sinceNs;
      return isComplete;
    },
    flush: async () => {
      const batch = take();
      if (batch.count > 0) await Promise.all(peers.map(({ channel }) => channel.deliver(batch, packet)));
      await Promise.all(peers.map(({ channel }) => channel.settled(parts.lossTimeoutMs)));
    },
  };
}

async function deliverToAll(
  { peers, delivery, nowNs }: GatheringParts,
  batch: Batch,
  packet: Buffer,
  cycle: Cycle,
): Promise<boolean> {
  let isComplete = true;
  const deliverTo = async ({ peer, channel }: Peer): Promise<void> => {
    const sentNs = nowNs();
    if ((await channel.deliver(batch, packet)) === 'delivered') {
      cycle.peerNs[peer] = nowNs() - sentNs;
      cycle.deliveredRows += batch.count;
    } else isComplete = false;
  };
  if (delivery === 'parallel') await Promise.all(peers.map(deliverTo));
  else for (const peer of peers) await deliverTo(peer);
  return isComplete;
}
