/** In what the experiment of paper onset and a run differ, in words that stand beside every figure. */
import type { Cell } from '../../harness/foundation/cell.ts';
import { acceleratorOf } from '../../results/store/accelerator.ts';
import type { Manifest } from '../../results/store/records.ts';
import { bytes, counted } from '../report/numbers.ts';
import type { Condition } from './comparison.ts';
import type { Paper } from './paper.ts';

const programs: Readonly<Record<Cell['env'], string>> = {
  process: 'host processes',
  docker: 'Docker containers',
  'docker-vm': 'Docker containers in one virtual machine',
  vm: 'virtual machines',
};

const networks: Readonly<Record<Cell['env'], string>> = {
  process: 'the loopback of the host',
  docker: 'a bridge inside the host',
  'docker-vm': 'a bridge inside one virtual machine, and one to the host',
  vm: 'a bridge inside the host between virtual network cards',
};

/** @param cells - of the run, of this paper's workload */
export function onsetConditions(
  { setup }: Paper,
  manifest: Manifest,
  cells: readonly Cell[],
  blocks: number,
): readonly Condition[] {
  const here = ours(manifest, cells, blocks);
  return setup.flatMap(({ aspect, value, source }) => {
    const text = here.get(aspect);
    return text === undefined ? [] : [{ aspect, paper: value, here: text, source }];
  });
}

function ours(manifest: Manifest, cells: readonly Cell[], blocks: number): ReadonlyMap<string, string> {
  const { host } = manifest;
  const envs = unique(cells.map(({ env }) => env));
  const accelerator = acceleratorOf(manifest);
  const emulated =
    accelerator?.kind === 'tcg' ? '; machines run by software emulation, far slower than the processor' : '';
  return new Map([
    ['machines', 'one machine for replicas, shared memory and clients together'],
    ['processor', `${host.cpuModel}, ${counted(host.cpuCount, 'logical CPU')} for everything${emulated}`],
    ['memory', bytes(host.memoryBytes)],
    ['disk', diskWords(cells)],
    ['network', `${envs.map((env) => networks[env]).join('; ')}: no cable, no 100 Mbit/s limit`],
    ['system', `Linux ${host.kernel}; ${envs.map((env) => programs[env]).join(', ')}, no orchestrator`],
    ['shared memory', memoryWords(cells)],
    ['program', `TypeScript on Node.js ${host.nodeVersion} (clients)`],
    ['load', loadWords(cells)],
    ['repetitions', `${counted(blocks, 'block')} of every cell, in fresh nodes and random order`],
  ]);
}

function diskWords(cells: readonly Cell[]): string {
  return cells.some(({ store }) => store === 'disk')
    ? 'the host’s disk; what its flushes cost shows in the table disk against RAM'
    : 'not used: this run has the store in RAM only';
}

function memoryWords(cells: readonly Cell[]): string {
  const kinds = unique(cells.map(({ sharedMemory }) => sharedMemory));
  const stores = unique(cells.map(({ store }) => (store === 'ram' ? 'in RAM' : 'on disk')));
  return kinds
    .map((kind) =>
      kind === 'etcd'
        ? `etcd as installed here (the paper names no version), alone for this purpose, ${stores.join(' and ')}`
        : `${kind}: not etcd, kept inside the harness`,
    )
    .join('; ');
}

function loadWords(cells: readonly Cell[]): string {
  const texts = cells.map(({ requests, warmupRequests, load, balance }) => {
    const warm = warmupRequests === 0 ? '' : ` after ${warmupRequests} of warm-up`;
    return `${load.kind} loop, ${requests} requests a client${warm}, spread ${balance}`;
  });
  const clients = cells.map((cell) => cell.clients);
  return `${Math.min(...clients)} to ${Math.max(...clients)} clients, ${unique(texts).join('; ')}`;
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
