/** How machines came up, over all of a kind: alike in environment, boot mode and number of machines started together. */
import type { BootRow } from '../../../analysis/report/report-model.ts';
import type { BootRecord, TrialRecord } from '../../../results/store/records.ts';
import { bootModes, environmentNames, type BootMode, type EnvironmentName } from '../../foundation/cell.ts';

interface Kind {
  readonly env: EnvironmentName;
  readonly boot: BootMode;
  readonly machines: number;
  readonly boots: BootRecord[];
}

/** Of every attempt: a machine came up whatever its trial came to. */
export function bootRows(records: readonly TrialRecord[]): readonly BootRow[] {
  const kinds = new Map<string, Kind>();
  for (const { cell, boots } of records) {
    if (boots.length === 0) continue;
    const { env, boot = 'warm' } = cell;
    const key = `${env} ${boot} ${boots.length}`;
    const kind = kinds.get(key) ?? { env, boot, machines: boots.length, boots: [] };
    kind.boots.push(...boots);
    kinds.set(key, kind);
  }
  return [...kinds.values()].sort(inOrder).map(({ env, boot, machines, boots }) => ({
    ...{ env, boot, machines },
    booted: boots.length,
    retried: boots.filter(({ failures }) => failures.length > 0).length,
    events: eventsOf(boots),
  }));
}

function inOrder(a: Kind, b: Kind): number {
  return (
    environmentNames.indexOf(a.env) - environmentNames.indexOf(b.env) ||
    bootModes.indexOf(a.boot) - bootModes.indexOf(b.boot) ||
    a.machines - b.machines
  );
}

function eventsOf(boots: readonly BootRecord[]): BootRow['events'] {
  const times = new Map<string, number[]>();
  for (const { name, atMs } of boots.flatMap(({ timeline }) => timeline)) {
    times.set(name, [...(times.get(name) ?? []), atMs]);
  }
  return [...times]
    .map(([name, atMs]) => ({ name, medianMs: medianOf(atMs), maxMs: Math.max(...atMs) }))
    .sort((a, b) => a.medianMs - b.medianMs);
}

/** @param values - at least one */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
