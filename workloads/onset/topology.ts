/**
 * The nodes of an ONSET cell: one for the shared memory (unless it is embedded in the harness), one a replica.
 * Non-goal: starting anything.
 */
import type { Node, NodeSpec } from '../../environments/environment.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { CellProblem } from '../workload.ts';

/** Replicas 2f+1 for f = 0 … 7 and up to 64 clients, as in the paper (section 4.1). */
const maxReplicas = 15;
const maxClients = 64;

export interface OnsetNodes {
  /** null when the shared memory is embedded in the harness. */
  readonly store: Node | null;
  readonly replicas: readonly Node[];
}

export function onsetTopology(cell: Cell): readonly NodeSpec[] {
  const limits = {
    ...(cell.cpus === undefined ? {} : { cpus: cell.cpus }),
    ...(cell.memoryBytes === undefined ? {} : { memoryBytes: cell.memoryBytes }),
  };
  const replicas = Array.from({ length: cell.replicas }, (_unused, index): NodeSpec => {
    // The medium is a property of the shared memory; replicas keep no state that must survive them.
    return { name: `replica-${index + 1}`, storage: 'disk', ...limits };
  });
  return cell.sharedMemory === 'embedded'
    ? replicas
    : [{ name: 'store', storage: cell.store, ...limits }, ...replicas];
}

export function assignNodes(nodes: readonly Node[], cell: Cell): OnsetNodes {
  const replicas = nodes.filter(({ name }) => name.startsWith('replica-'));
  const store = nodes.find(({ name }) => name === 'store') ?? null;
  if (replicas.length !== cell.replicas || (cell.sharedMemory === 'etcd' && store === null)) {
    throw new StrataError({
      code: 'STRATA-E520',
      message: `the environment started ${nodes.map(({ name }) => name).join(', ')}, not the nodes of the cell`,
      fix: 'this is a bug in the environment: report it with the run directory',
    });
  }
  return { store, replicas };
}

export function checkOnsetCell(cell: Cell): readonly CellProblem[] {
  const problems: CellProblem[] = [];
  if (cell.replicas % 2 === 0 || cell.replicas < 1 || cell.replicas > maxReplicas) {
    const allowed = 'an odd number from 1 to 15: n = 2f+1 replicas tolerate f crashes';
    problems.push({ key: 'replicas', given: String(cell.replicas), allowed });
  }
  if (cell.clients < 1 || cell.clients > maxClients) {
    problems.push({ key: 'clients', given: String(cell.clients), allowed: 'a number from 1 to 64' });
  }
  if (cell.sharedMemory === 'embedded' && cell.env !== 'process') {
    const allowed = 'etcd: the embedded store lives inside the harness and is reached by host processes only';
    problems.push({ key: 'sharedMemory', given: `embedded with env ${cell.env}`, allowed });
  }
  if (cell.sharedMemory === 'embedded' && cell.store === 'disk') {
    const allowed = 'ram: the embedded store keeps nothing on disk';
    problems.push({ key: 'store', given: 'disk with sharedMemory embedded', allowed });
  }
  return problems;
}
