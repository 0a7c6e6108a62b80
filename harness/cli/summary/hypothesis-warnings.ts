/** Whether the hypotheses of a stored run are those that were declared before its first trial. Pure. */
import type { Warning } from '../../../analysis/report/report-model.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { hypothesesHash } from '../../foundation/hypotheses-hash.ts';

export function hypothesisWarnings({ hypotheses, hypothesesHash: stored }: Manifest): Warning[] {
  const found = hypothesesHash(hypotheses);
  const isUntouched = stored === null ? hypotheses.length === 0 : stored === found;
  if (isUntouched) return [];
  return [
    {
      code: 'hypotheses-changed',
      message: `the hypotheses in manifest.json are not those that were declared before the first trial: their hash is ${found.slice(0, 12)}, and ${stored === null ? 'none' : stored.slice(0, 12)} was stored`,
      advice:
        'verdicts on them were chosen after the data: take them for exploratory, and confirm them in a new run',
    },
  ];
}
