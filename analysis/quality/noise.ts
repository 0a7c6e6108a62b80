/**
 * What the readings before and after each trial say of the machine it ran on: who else was at work, what the kernel
 * or a hypervisor took away. Pure. A finding is a doubt about a trial, not a reason to leave it out: the doubt would
 * otherwise choose which trials count.
 */
import type { HostFacts, NoiseRecord, TrialRecord } from '../../results/store/records.ts';
import type { noiseAdvice } from './noise-advice.ts';

export interface NoiseFinding {
  readonly code: keyof typeof noiseAdvice;
  readonly trialId: string;
  /** The figure, in words. */
  readonly text: string;
  /** Larger is worse; comparable between findings of one code only. */
  readonly weight: number;
}

/** @param host facts from the manifest @param trials the attempts that the readings belong to */
export function noiseFindings(
  noise: readonly NoiseRecord[],
  trials: readonly TrialRecord[],
  host: Pick<HostFacts, 'cpuCount'>,
): readonly NoiseFinding[] {
  const first = noise[0];
  return trials.flatMap((trial) => {
    const of = (when: NoiseRecord['when']) =>
      noise.find(
        (row) => row.trialId === trial.trialId && row.attempt === trial.attempt && row.when === when,
      );
    const [before, after] = [of('before'), of('after')];
    if (before === undefined || after === undefined || first === undefined) return [];
    const spent = {
      before,
      after,
      elapsedS: elapsedS(trial),
      cpuCount: host.cpuCount,
      isFirst: before === first,
    };
    const found = [...takenAway(spent), ...othersAtWork(spent), ...memory(spent), ...processor(spent)];
    return [...found, ...sameMachine(spent, first)].map((finding) => ({
      ...finding,
      trialId: trial.trialId,
    }));
  });
}

interface Spent {
  readonly before: NoiseRecord;
  readonly after: NoiseRecord;
  /** Of the trial, by the monotonic clock. */
  readonly elapsedS: number;
  readonly cpuCount: number;
  /** Nothing of ours ran before it. */
  readonly isFirst: boolean;
}

type Finding = Omit<NoiseFinding, 'trialId'>;

function elapsedS({ phasesMs }: TrialRecord): number {
  return Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0) / 1000;
}

function valueOf({ readings }: NoiseRecord, name: string): number | null {
  const value = readings[name];
  return typeof value === 'number' ? value : null;
}

/** How much a counter grew; null where either reading is missing. */
function growth({ before, after }: Spent, name: string): number | null {
  const [from, to] = [valueOf(before, name), valueOf(after, name)];
  return from === null || to === null ? null : to - from;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

function takenAway(spent: Spent): Finding[] {
  const stolen = (growth(spent, 'stealS') ?? 0) / (spent.elapsedS * spent.cpuCount);
  const throttled = (growth(spent, 'throttledNs') ?? 0) / 1e9 / spent.elapsedS;
  return [
    ...(stolen > 0.01
      ? [{ code: 'stolen-time' as const, text: `${percent(stolen)} of all cores stolen`, weight: stolen }]
      : []),
    ...(throttled > 0.01
      ? [
          {
            code: 'cpu-throttled' as const,
            text: `throttled for ${percent(throttled)} of the time`,
            weight: throttled,
          },
        ]
      : []),
  ];
}

/** Between trials a run is idle, so that whatever is runnable is someone else's. Load average still remembers our own. */
function othersAtWork({ before, cpuCount, isFirst }: Spent): Finding[] {
  const runnable = valueOf(before, 'runnableThreads') ?? 0;
  const load = isFirst ? (valueOf(before, 'load1') ?? 0) : 0;
  if (runnable > cpuCount)
    return [
      {
        code: 'other-load',
        text: `${runnable} runnable threads on ${cpuCount} cores before it`,
        weight: runnable,
      },
    ];
  if (load > cpuCount / 2)
    return [
      { code: 'other-load', text: `load ${load.toFixed(1)} on ${cpuCount} cores before it`, weight: load },
    ];
  return [];
}

function memory(spent: Spent): Finding[] {
  const swapped = growth(spent, 'swapUsedBytes') ?? 0;
  const killed = growth(spent, 'oomKills') ?? 0;
  const pressure = valueOf(spent.after, 'pressureMemoryPercent') ?? 0;
  return [
    ...(swapped > 1e6
      ? [
          {
            code: 'swapping' as const,
            text: `${(swapped / 1e6).toFixed(0)} MB more in swap`,
            weight: swapped,
          },
        ]
      : []),
    ...(killed > 0
      ? [{ code: 'out-of-memory' as const, text: `${killed} killed for want of memory`, weight: killed }]
      : []),
    ...(pressure > 5
      ? [
          {
            code: 'memory-pressure' as const,
            text: `waiting for memory ${percent(pressure / 100)} of the time`,
            weight: pressure,
          },
        ]
      : []),
  ];
}

function processor(spent: Spent): Finding[] {
  const { governor } = spent.before.readings;
  const heat = growth(spent, 'thermalThrottles') ?? 0;
  const from = valueOf(spent.before, 'meanFrequencyMhz');
  const change = from === null ? 0 : Math.abs(growth(spent, 'meanFrequencyMhz') ?? 0) / from;
  return [
    ...(typeof governor === 'string' && governor !== 'performance'
      ? [{ code: 'governor' as const, text: `CPU governor ${governor}`, weight: 1 }]
      : []),
    ...(change > 0.1
      ? [
          {
            code: 'frequency-changed' as const,
            text: `CPU frequency changed by ${percent(change)}`,
            weight: change,
          },
        ]
      : []),
    ...(heat > 0
      ? [{ code: 'thermal-throttling' as const, text: `${heat} times slowed for heat`, weight: heat }]
      : []),
  ];
}

/** Clock sources that take a call to the kernel or the chip set. */
const slowClocks: ReadonlySet<string> = new Set(['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies', 'pit']);

/** More than storing a record can take, and less than a person would not notice. */
const clockJumpS = 2;

function sameMachine({ before, after, elapsedS: monotonicS }: Spent, first: NoiseRecord): Finding[] {
  const changed = ['bootId', 'clockSource', 'kernel', 'dataDevice'].filter((name) =>
    [before, after].some(({ readings }) => (readings[name] ?? null) !== (first.readings[name] ?? null)),
  );
  const clock = before.readings['clockSource'];
  const wallS = (Date.parse(after.atIso) - Date.parse(before.atIso)) / 1000;
  const jumpS = wallS - monotonicS;
  return [
    ...(changed.length > 0
      ? [
          {
            code: 'machine-changed' as const,
            text: `another ${changed.join(', ')} than at the start`,
            weight: changed.length,
          },
        ]
      : []),
    ...(typeof clock === 'string' && slowClocks.has(clock)
      ? [{ code: 'slow-clock' as const, text: `clock source ${clock}`, weight: 1 }]
      : []),
    ...(jumpS < -clockJumpS || jumpS > 10 * clockJumpS
      ? [
          {
            code: 'clock-jumped' as const,
            text: `the wall clock ran ${jumpS.toFixed(1)} s ahead of the monotonic one`,
            weight: Math.abs(jumpS),
          },
        ]
      : []),
  ];
}
