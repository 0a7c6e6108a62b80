/** Doubts about the trials as measurements, from what their own samples say. Pure. */
import { counted, duration, measured } from '../../../analysis/report/numbers.ts';
import type { Warning } from '../../../analysis/report/report-model.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import { isUnsteady } from './quality-rows.ts';

/** |N − X (R + Z)| / N above this: the clients were not all asking (STATISTICS.md). */
const littlesLawLimit = 0.02;
/** Silence shorter than this is no doubt, whatever the rate. */
const longSilenceMs = 1000;

export function qualityWarnings(final: readonly TrialRecord[]): readonly Warning[] {
  const completed = final.filter(({ status }) => status === 'completed');
  return [...unsteady(completed), ...idleClients(completed), ...silences(completed)];
}

function unsteady(trials: readonly TrialRecord[]): Warning[] {
  const kinds = trials.flatMap(({ quality }) =>
    quality !== null && isUnsteady(quality) ? [quality.steadyState?.kind] : [],
  );
  if (kinds.length === 0) return [];
  const of = (kind: string, words: string) => {
    const count = kinds.filter((found) => found === kind).length;
    return count === 0 ? [] : [`${count} ${words}`];
  };
  const words = [
    ...of('warm-up', 'still warming up while measured'),
    ...of('slowdown', 'became slower'),
    ...of('none', 'changing to the end'),
  ];
  return [
    {
      code: 'not-steady',
      message: `${kinds.length} of ${counted(trials.length, 'trial')} had no steady state: ${words.join(', ')}; they stay counted`,
      advice: kinds.includes('warm-up')
        ? 'raise --warmup-requests, or --requests so that the beginning weighs less; see Quality of each trial'
        : 'see Quality of each trial for when it changed, and the annotations for elections, faults and pauses there',
    },
  ];
}

function idleClients(trials: readonly TrialRecord[]): Warning[] {
  const laws = trials.flatMap(({ quality }) => quality?.littlesLaw ?? []);
  const [worst] = laws.toSorted((a, b) => b.relativeError - a.relativeError);
  const broken = laws.filter(({ relativeError }) => relativeError > littlesLawLimit).length;
  if (worst === undefined || broken === 0) return [];
  return [
    {
      code: 'idle-clients',
      message: `${broken} of ${counted(trials.length, 'trial')} had fewer requests in flight than clients, at worst ${measured(worst.inFlight)} of ${worst.clients} (${measured(100 * worst.relativeError)} % off Little’s law)`,
      advice:
        'between an answer and the next request the load generator took time of its own: throughput is that much too low; fewer clients or more cores',
    },
  ];
}

function silences(trials: readonly TrialRecord[]): Warning[] {
  const silent = trials.flatMap(({ trialId, quality }) => {
    const durationMs = (quality?.silence?.durationNs ?? 0) / 1e6;
    return durationMs > longSilenceMs ? [{ trialId, durationMs }] : [];
  });
  const [longest] = silent.toSorted((a, b) => b.durationMs - a.durationMs);
  if (longest === undefined) return [];
  return [
    {
      code: 'silence',
      message: `${counted(silent.length, 'trial')} had more than a second without any answer, at most ${duration(longest.durationMs)} (${longest.trialId})`,
      advice:
        'an election, a fault or a pause of the whole machine: see the annotations of that trial; in a closed loop it hides in a few latencies only',
    },
  ];
}
