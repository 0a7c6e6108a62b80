/** What every implementation of the shared memory must do; run against each by its own test file. */
import { describe } from 'vitest';
import { describeCuts, describeDeath, describeDisposal } from './contract/connections.contract.ts';
import { useSuite, type SharedMemoryHarness } from './contract/harness.ts';
import { describeLeases } from './contract/leases.contract.ts';
import {
  describeGuards,
  describeOperations,
  describeRefusals,
  describeRevisions,
} from './contract/transactions.contract.ts';
import { describeCompaction, describeHistory, describeWatches } from './contract/watches.contract.ts';

export function describeSharedMemoryContract(name: string, harness: SharedMemoryHarness): void {
  describe(name, () => {
    const suite = useSuite(harness);
    describeRevisions(suite);
    describeGuards(suite);
    describeOperations(suite);
    describeRefusals(suite);
    describeWatches(suite);
    describeHistory(suite);
    describeCompaction(suite);
    describeLeases(suite);
    describeCuts(suite);
    describeDeath(suite);
    describeDisposal(suite);
  });
}
