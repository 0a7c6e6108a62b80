/**
 * The course of one drive: connect, warm up, measure, over the same connections. Each phase begins when every client
 * has finished the one before, so that no warm-up request overlaps a measured one.
 */
import type { Sample } from '../../results/sample/sample.ts';
import type { HttpLoadPlan } from './plan.ts';

export interface Phase {
  readonly phase: Sample['phase'];
  readonly requestsPerClient: number;
}

export interface PhaseEvents {
  /** Every client is connected and rests; nothing of the measurement has been sent. */
  readonly onMeasureStart: () => void;
  readonly onComplete: () => void;
}

/** The phases that have requests, in order. */
export function plannedPhases(plan: HttpLoadPlan): Phase[] {
  const phases: Phase[] = [
    { phase: 0, requestsPerClient: plan.warmupRequests },
    { phase: 1, requestsPerClient: plan.requests },
  ];
  return phases.filter(({ requestsPerClient }) => requestsPerClient > 0);
}
