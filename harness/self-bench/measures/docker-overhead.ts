/** What a trial in containers costs besides warm-up and measurement. */
import { runCells } from '../cells.ts';
import { median, type Measure } from '../ratio.ts';

export const dockerTrialOverhead: Measure = {
  id: 'docker-trial-overhead-s',
  target: 3,
  direction: 'max',
  unit: 's',
  what: 'provision + prepare + record + verify + dispose of a docker trial with 3 replicas and etcd',
  async measure(bench) {
    const records = await runCells(
      { env: 'docker', replicas: '3', clients: '4', trials: '5', requests: '50', warmupRequests: '5' },
      bench,
    );
    const overheads = records.map(
      ({ phasesMs }) =>
        Object.entries(phasesMs).reduce((sum, [phase, ms]) => (phase === 'drive' ? sum : sum + ms), 0) / 1000,
    );
    const phases = ['provision', 'prepare', 'record', 'verify', 'dispose'] as const;
    const parts = phases.map(
      (phase) =>
        `${phase} ${(median(records.map(({ phasesMs }) => phasesMs[phase] ?? 0)) / 1000).toFixed(2)}`,
    );
    return { value: median(overheads), detail: `median of 5 trials, in s: ${parts.join(', ')}` };
  },
};
