/**
 * Who executed the guests' instructions in a run. Results of different accelerators must not be compared, so whoever
 * shows or compares runs asks here. Pure.
 */
import type { Manifest } from './records.ts';

export interface AcceleratorFacts {
  /** `kvm`, `tcg`, or what a later version knows. */
  readonly kind: string;
  /** As QEMU was given it. */
  readonly cpuModel: string;
  /** Why this one, as a sentence without its full stop. */
  readonly reason: string;
}

/** By environment name, of those that have machines and were opened. */
export function acceleratorsOf({
  environments,
}: Pick<Manifest, 'environments'>): ReadonlyMap<string, AcceleratorFacts> {
  const found = Object.entries(environments).flatMap(([name, facts]) => {
    const kind = facts['accelerator'];
    if (kind === undefined) return [];
    const text = (fact: string) => String(facts[fact] ?? 'unknown');
    const accelerator = { kind: String(kind), cpuModel: text('cpuModel'), reason: text('acceleratorReason') };
    return [[name, accelerator] as const];
  });
  return new Map(found);
}

/** The one of a run, which has only one; null where no machine was opened. */
export function acceleratorOf(manifest: Pick<Manifest, 'environments'>): AcceleratorFacts | null {
  const [first] = acceleratorsOf(manifest).values();
  return first ?? null;
}

/** Whether figures of the two may stand beside each other. */
export function isSameAccelerator(a: AcceleratorFacts, b: AcceleratorFacts): boolean {
  return a.kind === b.kind && a.cpuModel === b.cpuModel;
}
