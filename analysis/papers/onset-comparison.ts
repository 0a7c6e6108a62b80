/** Paper onset beside a run: table 1, figures 5 to 8, its two hypotheses, and in what the conditions differ. */
import type { Cell } from '../../harness/foundation/cell.ts';
import type { Manifest, TrialRecord } from '../../results/store/records.ts';
import { verdictRows, type PaperComparison, type PaperTable, type RunToCompare } from './comparison.ts';
import { readPaper } from './library.ts';
import { onsetCharts } from './onset-charts.ts';
import { onsetConditions } from './onset-conditions.ts';
import type { DetailsWanted, OnsetDetails } from './onset-details.ts';
import {
  figure6,
  figure7,
  partsOfFigure6,
  throughputAfterElection,
  trialOfFigure7,
} from './onset-elections.ts';
import { onsetPlots, storeAdvantage } from './onset-figures.ts';
import { sweepsOf, type Sweep } from './onset-sweep.ts';
import { onsetTable1, wholeThroughput } from './onset-table-1.ts';
import type { Paper } from './paper.ts';

/** null where the run has nothing of this paper. */
export function compareOnset(run: RunToCompare): PaperComparison | null {
  const sweeps = sweepsToCompare(run);
  if (sweeps.length === 0) return null;
  const paper = readPaper('onset');
  const parts = sweeps.map((sweep, index) => {
    const tables = tablesOf(paper, sweep, run.details);
    return { tables, charts: onsetCharts(sweep, tables, run.details, index === 0 ? '' : `-${index + 1}`) };
  });
  const blocks = new Set(run.plan.map(({ block }) => block)).size;
  return {
    paper: paper.name,
    title: paper.title,
    authors: paper.authors,
    because: isOnsetPreset(run.manifest)
      ? 'This run is the preset of the paper, as far as its flags leave it.'
      : 'This run has cells like those of the paper.',
    conditions: onsetConditions(
      paper,
      run.manifest,
      sweeps.flatMap(({ cells }) => cells),
      blocks,
    ),
    verdicts: verdictRows(paper.verdicts, run.hypotheses),
    tables: parts.flatMap(({ tables }) => tables),
    charts: parts.flatMap(({ charts }) => charts),
  };
}

function tablesOf(paper: Paper, sweep: Sweep, details: OnsetDetails): readonly PaperTable[] {
  return [
    onsetTable1(paper, sweep, wholeThroughput),
    onsetTable1(paper, sweep, throughputAfterElection(details)),
    storeAdvantage(paper, sweep),
    ...onsetPlots(paper, sweep),
    figure6(paper, sweep, details),
    figure7(paper, sweep, details),
  ];
}

/** The samples that the comparison needs; null where there is none. */
export function onsetDetailsWanted(
  run: Pick<RunToCompare, 'manifest' | 'plan' | 'trials'>,
  runDir: string,
): DetailsWanted | null {
  const sweeps = sweepsToCompare(run);
  if (sweeps.length === 0) return null;
  const trials = sweeps.flatMap((sweep) => sweep.trials);
  const isBoxed = ({ cell }: TrialRecord) =>
    partsOfFigure6.some(({ replicas, clients }) => cell.replicas === replicas && cell.clients === clients);
  return {
    ...{ runDir, trials },
    boxes: new Set(trials.filter(isBoxed).map(({ cellKey }) => cellKey)),
    scatters: new Set(sweeps.flatMap((sweep) => trialOfFigure7(sweep)?.trialId ?? [])),
  };
}

function sweepsToCompare(run: Pick<RunToCompare, 'manifest' | 'plan' | 'trials'>): readonly Sweep[] {
  const isPreset = isOnsetPreset(run.manifest);
  return sweepsOf(run.plan, run.trials).filter((sweep) => isPreset || isOfThePaper(sweep));
}

function isOnsetPreset({ experiment }: Manifest): boolean {
  return experiment['paper'] === 'onset';
}

/** Without the preset: the paper's protocol over its store, driven as it was, with a step of its table. */
function isOfThePaper({ example, cells }: Sweep): boolean {
  const { workload, sharedMemory, load, faults } = example;
  const isAlike =
    workload === 'onset' && sharedMemory === 'etcd' && load.kind === 'closed' && faults.length === 0;
  return isAlike && cells.some((cell) => cells.some((other) => isStep(cell, other)));
}

function isStep(from: Cell, to: Cell): boolean {
  return to.replicas === from.replicas + 2 && to.clients === from.clients && to.store === from.store;
}
