/** Paper containers-vs-vms beside a run: figures 3 to 8, how soon machines are there, and its lost five minutes. */
import type { Cell } from '../../harness/foundation/cell.ts';
import { acceleratorOf } from '../../results/store/accelerator.ts';
import type { Manifest } from '../../results/store/records.ts';
import { bytes, counted } from '../report/numbers.ts';
import { verdictRows, type Condition, type PaperComparison, type RunToCompare } from './comparison.ts';
import { inserterFacts } from './inserter-facts.ts';
import { inserterPlots, machineCost } from './inserter-figures.ts';
import { readPaper } from './library.ts';

/** null where the run has nothing of this paper: without the preset it takes both kinds of place. */
export function compareInserter(run: RunToCompare): PaperComparison | null {
  const isPreset = run.manifest.experiment['paper'] === 'containers-vs-vms';
  const cells = run.plan.map(({ cell }) => cell).filter(({ mysql }) => mysql !== undefined);
  const places = new Set(cells.map(({ env }) => env));
  const isComparison = places.has('vm') && (places.has('docker') || places.has('docker-vm'));
  if (cells.length === 0 || !(isPreset || isComparison)) return null;
  const paper = readPaper('containers-vs-vms');
  const blocks = new Set(run.plan.map(({ block }) => block)).size;
  return {
    paper: paper.name,
    title: paper.title,
    authors: paper.authors,
    because: isPreset
      ? 'This run is the preset of the paper, as far as its flags leave it.'
      : 'This run has inserters in containers and in virtual machines, as the paper has.',
    conditions: paper.setup.flatMap(({ aspect, value, source }): Condition[] => {
      const here = ours(run.manifest, cells, blocks).get(aspect);
      return here === undefined ? [] : [{ aspect, paper: value, here, source }];
    }),
    verdicts: verdictRows(paper.verdicts, run.hypotheses),
    tables: [...inserterFacts(paper, run), machineCost(paper, run), ...inserterPlots(paper, run)],
    // The page has them among its own charts, which are drawn in the shape of these figures.
    charts: [],
  };
}

function ours(manifest: Manifest, cells: readonly Cell[], blocks: number): ReadonlyMap<string, string> {
  const { host } = manifest;
  const engines = [...new Set(cells.map(({ mysql }) => mysql?.engine ?? ''))];
  return new Map([
    ['machines', `one machine; guests by QEMU, ${acceleratorWords(manifest, cells)}`],
    ['processor', `${host.cpuModel}, ${counted(host.cpuCount, 'logical CPU')} for everything`],
    ['memory', bytes(host.memoryBytes)],
    [
      'containers',
      `Docker in one virtual machine (docker-vm)${cells.some(({ env }) => env === 'docker') ? ', and on the host itself (docker), which the paper names but does not show' : ''}`,
    ],
    ['virtual machines', 'one for each instance (vm)'],
    ['system', 'one Debian root filesystem for guests and containers alike'],
    ['program', `an inserter in TypeScript on Node.js against ${engines.join(', ')}`],
    ['repetitions', `${counted(blocks, 'block')} of every cell, in fresh nodes and random order`],
  ]);
}

function acceleratorWords(manifest: Manifest, cells: readonly Cell[]): string {
  if (!cells.some(({ env }) => env === 'vm' || env === 'docker-vm')) return 'none in this run';
  const accelerator = acceleratorOf(manifest);
  if (accelerator === null) return 'none was started';
  return accelerator.kind === 'tcg'
    ? 'by software emulation (TCG): what they take says nothing of hardware virtualization'
    : `by hardware virtualization (${accelerator.kind})`;
}
