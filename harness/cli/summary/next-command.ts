/** What to do after a run, by what it lacks most. Pure. */
import type { ReportModel } from '../../../analysis/report/report-model.ts';
import type { Cell } from '../../foundation/cell.ts';
import type { Pointers } from './text-summary.ts';

export function nextCommand(model: ReportModel, cells: readonly Cell[]): Pointers['next'] {
  if (model.status !== 'complete') {
    return {
      command: `npm run bench -- --resume ${model.runDir}`,
      why: 'does exactly the trials that are missing',
    };
  }
  if (model.cells.some(({ correct }) => correct !== true)) {
    return {
      command: `npm run bench -- show ${model.runId}`,
      why: 'shows the causes again; the samples and logs are kept',
    };
  }
  if (cells.every(({ env }) => env === 'process')) {
    if (cells.some(({ sharedMemory }) => sharedMemory === 'embedded')) {
      return {
        command: 'npm run bench -- --env process,docker --replicas 1,3,5 --clients 1,4,16 --trials 5',
        why: 'compares processes with containers over real etcd; `npm run doctor` says whether this machine is ready',
      };
    }
    return {
      command: 'npm run bench -- --env process,docker --trials 5',
      why: 'compares processes with containers',
    };
  }
  return {
    command: 'npm run bench -- --paper onset --env docker',
    why: 'repeats the sweep of the paper; --dry-run first tells how long it takes',
  };
}
