/** Changes of leader as the replicas noticed them, on the samples' clock. Pure. */
import type { Annotation } from '../workload.ts';
import type { ReplicaClock } from './replica-clock.ts';
import type { LeaderChange } from './replica/status.ts';

export interface Observer {
  readonly changes: readonly LeaderChange[];
  readonly clock: ReplicaClock;
}

/** Each change once, at the time the first replica noticed it. */
export function elections(observers: readonly Observer[]): Annotation[] {
  const first = new Map<number, Annotation>();
  for (const { changes, clock } of observers) {
    for (const { epoch, leader, atHrtimeNs } of changes) {
      const atNs = clock.toSamplesNs(atHrtimeNs);
      const known = first.get(epoch);
      if (known !== undefined && known.atNs <= atNs) continue;
      const text = `replica-${leader + 1} leads epoch ${epoch}${within(clock)}`;
      first.set(epoch, { atNs, kind: 'election', text });
    }
  }
  return [...first.values()].sort((a, b) => a.atNs - b.atNs);
}

function within({ uncertaintyNs }: ReplicaClock): string {
  return uncertaintyNs === 0 ? '' : ` (± ${(uncertaintyNs / 1e6).toFixed(1)} ms)`;
}
