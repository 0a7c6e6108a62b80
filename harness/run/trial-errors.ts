/** What ends a trial whose workload was driven to its end: answers that are wrong, or that stopped. */
import type { StallReport, Verification } from '../../workloads/workload.ts';
import { StrataError } from '../foundation/errors.ts';

export function wrongAnswer(verification: Verification): StrataError {
  return new StrataError({
    code: 'STRATA-E501',
    message: `wrong answer: ${verification.statement}`,
    fix: 'the samples and logs of this trial are kept: look at what disagrees before trusting any other trial',
    cause: new Error(verification.problems.slice(0, 5).join('; ')),
  });
}

export function stalled(stall: StallReport, dead: ReadonlySet<string>): StrataError {
  const killed =
    dead.size === 0 ? 'no node was killed by a fault' : `killed by faults: ${[...dead].join(', ')}`;
  return new StrataError({
    code: 'STRATA-E502',
    message: `stalled: ${stall.outstanding} requests without an answer for ${(stall.silentMs / 1000).toFixed(1)} s (${killed})`,
    fix: 'with more than f replicas or the store gone this is what the protocol must do; otherwise read the node logs',
    cause: new Error(stall.observations.join('; ')),
  });
}
