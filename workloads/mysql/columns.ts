/** What a sample of this workload is, beyond the columns of every sample. */
import type { SampleColumn } from '../../results/sample/sample.ts';

/** Operation 0 is a cycle that only inserts, 1 one that also delivers a batch. */
export const mysqlOperations = ['insert', 'insert+deliver'] as const;

const maxInstances = 15;

export const mysqlColumns: readonly SampleColumn[] = [
  {
    name: 'local_insert_ns',
    type: 'integer',
    description: 'insert into the own database, from sending to its answer',
  },
  { name: 'delivery_ns', type: 'integer', description: 'delivery of the gathered tuples to all others' },
  {
    name: 'delivered_rows',
    type: 'integer',
    description: 'rows the others acknowledged within the cycle, all together',
  },
  {
    name: 'lag_ns',
    type: 'integer',
    description: 'from the local insert of the first gathered tuple until the last other database had it',
  },
  ...Array.from({ length: maxInstances }, (_unused, peer): SampleColumn => ({
    name: `peer_${peer}_ns`,
    type: 'integer',
    description: `insert of the batch into the database of db-${peer + 1}, from sending to its answer`,
  })),
];
