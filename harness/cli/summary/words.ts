/** Sentences of the report: what was measured, how, and on what. Pure. */
import { splitFactors } from '../../../analysis/report/cell-label.ts';
import { bytes, counted, grouped } from '../../../analysis/report/numbers.ts';
import type { Manifest } from '../../../results/store/records.ts';
import type { Cell } from '../../foundation/cell.ts';

const environments: Readonly<Record<Cell['env'], string>> = {
  process: 'as plain processes of this host, without isolation',
  docker: 'in containers on this host',
  'docker-vm': 'in containers inside one virtual machine',
  vm: 'in one virtual machine per node',
};

const memories: Readonly<Record<Cell['sharedMemory'], string>> = {
  embedded: 'the embedded store inside the harness (not etcd)',
  etcd: 'etcd',
};

export function cellsOf(manifest: Manifest): readonly Cell[] {
  return [...new Map(manifest.plan.map(({ cellKey, cell }) => [cellKey, cell])).values()];
}

/** What was measured, plainly: somebody who has read nothing else understands what ran and what was asked of it. */
export function measuredWords(manifest: Manifest): readonly string[] {
  const cells = cellsOf(manifest);
  const each = <T>(pick: (cell: Cell) => T) => [...new Set(cells.map(pick))];
  const where = each(({ env }) => environments[env]).join(', or ');
  const memory = each(({ sharedMemory }) => memories[sharedMemory]).join(' and ');
  const trials = Math.round(manifest.plan.length / Math.max(1, cells.length));
  const loads = each(({ load }) =>
    load.kind === 'closed' ? 'in a closed loop' : `at ${grouped(load.ratePerS)} requests/s in an open loop`,
  );
  return [
    `${each(({ workload }) => workload).join(' and ')} with ${amounts(
      each(({ replicas }) => replicas),
      'replica',
    )}, ` + `run ${where}; the shared memory was ${memory}.`,
    `${amounts(
      each(({ clients }) => clients),
      'client',
    )} over HTTP, one connection each, ${loads.join(' and ')}, ` +
      `${amounts(
        each(({ requests }) => requests),
        'measured request',
      )} a client after ` +
      `${list(each(({ warmupRequests }) => warmupRequests))} of warm-up.`,
    `${counted(cells.length, 'cell')}, ${counted(trials, 'trial')} each, every trial on fresh nodes, in seeded random order.`,
    ...faultWords(cells),
  ];
}

function faultWords(cells: readonly Cell[]): string[] {
  const faults = splitFactors(cells).constant.find(([name]) => name === 'faults')?.[1] ?? 'several';
  return faults === 'none' ? [] : [`Faults injected while measuring: ${faults}.`];
}

function list(values: readonly number[]): string {
  return [...values]
    .sort((a, b) => a - b)
    .map(grouped)
    .join(', ');
}

/** `1 replica`, `1, 3, 5 replicas`. */
function amounts(values: readonly number[], noun: string): string {
  return `${list(values)} ${noun}${values.length === 1 && values[0] === 1 ? '' : 's'}`;
}

export const methods: readonly string[] = [
  'The unit of inference is the trial: fresh nodes, new data, a health check, warm-up, then the measurement. Figures of a cell are geometric means over its trials; intervals are 95 % confidence intervals of that mean (Student t on the logarithms), never over requests.',
  'Trials of all cells are interleaved in blocks in seeded random order, so that a drift of the machine meets every cell alike.',
  'Latency is taken on the host’s monotonic clock from the first sending of a request (closed loop) or from the time it was due (open loop) to the last byte of its answer. Warm-up is stored and never counted.',
  'Each trial is verified: replicas must agree on log and counter, every acknowledged request must have been executed exactly once, and the clients’ history must be linearizable. A trial that fails or gives a wrong answer gives no figure.',
  'A quantile is given only where a trial has enough samples for it. Trials marked invalid are shown and left out of every mean.',
];

/** Facts somebody needs to repeat the run or to doubt it. */
export function provenance(manifest: Manifest): readonly (readonly [string, string])[] {
  const { host } = manifest;
  const environmentFacts = Object.entries(manifest.environments).flatMap(([name, facts]) =>
    Object.entries(facts).map(([fact, value]) => [`${name}: ${fact}`, String(value)] as const),
  );
  return [
    ['run', manifest.runId],
    ['started', manifest.startedAtIso],
    ...(manifest.resumedAtIso.length === 0 ? [] : [['resumed', manifest.resumedAtIso.join(', ')] as const]),
    ['command', ['strata', ...manifest.argv].join(' ')],
    ['strata', `${manifest.strataVersion}, commit ${manifest.commit ?? 'unknown'}`],
    ['plan', `${counted(manifest.plan.length, 'trial')}, seed ${manifest.seed}`],
    ['plan hash', manifest.planHash],
    [
      'host',
      `${host.hostname}, ${host.cpuModel}, ${counted(host.cpuCount, 'core')}, ${bytes(host.memoryBytes)}`,
    ],
    [
      'system',
      `Linux ${host.kernel}, cgroup v${host.cgroupVersion ?? ' unknown'}, clock ${host.clockSource ?? 'unknown'}`,
    ],
    ['Node.js', host.nodeVersion],
    ...environmentFacts,
  ];
}
