/** Where a limit of the experiment was written, and what messages call it. */
import { placeOf, type Experiment } from './experiment.ts';

export interface LimitSource {
  readonly place: string;
  /** `limits[1].memory`. */
  readonly subject: string;
}

/** @param index in the experiment's limits. */
export function limitSource(experiment: Experiment, index: number, part: 'cpus' | 'memory'): LimitSource {
  const item = experiment.origins.limits?.items?.[index];
  return {
    place: item?.places[part] ?? placeOf(experiment, 'limits'),
    subject: `${item?.subject ?? 'limits'}.${part}`,
  };
}
