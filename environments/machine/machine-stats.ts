/** What a machine costs the host, from the host's own counters: nothing is asked of the guest. */
import { readFileSync } from 'node:fs';
import type { NodeStats } from '../environment.ts';
import { nsPerTick, parseStat, residentBytes } from '../process/process-table.ts';

export interface MeasuredMachine {
  readonly pid: number;
  /** The host's end of its network card; null where the host has none. */
  readonly link: string | null;
  /** Time the CPU limit held it back; null without one. */
  readonly throttledNs: () => number | null;
}

/**
 * CPU time is QEMU's, devices and emulation included, because that is what the node takes from the machine. Memory
 * is what is resident: pages a clone shares with its template count in each.
 */
export function machineStats({ pid, link, throttledNs }: MeasuredMachine): NodeStats {
  const row = parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return {
    cpuNs: ((row?.ownTicks ?? 0) + (row?.waitedTicks ?? 0)) * nsPerTick,
    memoryBytes: residentBytes(pid),
    // What the host's end sends is what the node receives.
    networkReceivedBytes: link === null ? null : linkCounter(link, 'tx_bytes'),
    networkSentBytes: link === null ? null : linkCounter(link, 'rx_bytes'),
    throttledNs: throttledNs(),
  };
}

/** Proportional set size: shared pages count by the share of each process. Bytes. */
export function proportionalBytes(pid: number): number {
  const kiB = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1];
  return Number(kiB ?? 0) * 1024;
}

function linkCounter(link: string, counter: string): number {
  return Number(readFileSync(`/sys/class/net/${link}/statistics/${counter}`, 'latin1'));
}
