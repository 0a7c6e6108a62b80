/** Doubts about the machine, one for each kind with its worst figure: an alert a trial would bury the rest. Pure. */
import { noiseAdvice } from '../../../analysis/quality/noise-advice.ts';
import type { NoiseFinding } from '../../../analysis/quality/noise.ts';
import { counted } from '../../../analysis/report/numbers.ts';
import type { Warning } from '../../../analysis/report/report-model.ts';

export function noiseWarnings(findings: readonly NoiseFinding[], trials: number): readonly Warning[] {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes.flatMap((code) => {
    const alike = findings.filter((finding) => finding.code === code);
    const [worst] = alike.toSorted((a, b) => b.weight - a.weight);
    if (worst === undefined) return [];
    const message = `${words[code]} in ${alike.length} of ${counted(trials, 'trial')}: at worst ${worst.text} (${worst.trialId})`;
    return [{ code, message, advice: noiseAdvice[code] }];
  });
}

const words: Readonly<Record<NoiseFinding['code'], string>> = {
  'stolen-time': 'the hypervisor took CPU time',
  'other-load': 'something else was running',
  swapping: 'the machine swapped',
  'out-of-memory': 'memory ran out',
  governor: 'the CPU saved power',
  'frequency-changed': 'the CPU changed its frequency',
  'thermal-throttling': 'the CPU was too hot',
  'cpu-throttled': 'a CPU limit slowed this process',
  'memory-pressure': 'tasks waited for memory',
  'slow-clock': 'the clock is slow to read',
  'machine-changed': 'the machine was not the same',
  'clock-jumped': 'the wall clock jumped',
};
