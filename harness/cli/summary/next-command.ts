/** What to do after a run, by what it lacks most. Pure. */
import { missingTrials } from '../../../results/store/missing.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import { finalAttempts } from './attempts.ts';
import type { Pointers } from './text-summary.ts';
import { cellsOf } from './words.ts';

export function nextCommand(
  manifest: Manifest,
  records: readonly TrialRecord[],
  runDir: string,
): Pointers['next'] {
  if (missingTrials(manifest, records).length > 0) {
    return {
      command: `npm run bench -- --resume ${shellWord(runDir)}`,
      why: 'does exactly the trials that are missing',
    };
  }
  const doubtful = finalAttempts(records).find(({ verification }) => verification?.correct !== true);
  if (doubtful !== undefined) {
    const { env, workload, replicas, clients } = doubtful.cell;
    return {
      command: `npm run bench -- --env ${env} --workload ${workload} --replicas ${replicas} --clients ${clients} --trials 1 --keep-on-failure -v`,
      why: `repeats the cell of ${doubtful.trialId} alone and keeps its files`,
    };
  }
  return afterSuccess(manifest);
}

function afterSuccess(manifest: Manifest): Pointers['next'] {
  const cells = cellsOf(manifest);
  if (cells.some(({ sharedMemory }) => sharedMemory === 'embedded')) {
    return {
      command: 'npm run bench -- --env process,docker --replicas 1,3,5 --clients 1,4,16 --trials 5',
      why: 'compares processes with containers over real etcd; `npm run doctor` says whether this machine is ready',
    };
  }
  if (cells.every(({ env }) => env === 'process')) {
    return {
      command: 'npm run bench -- --env process,docker --trials 5',
      why: 'compares processes with containers',
    };
  }
  return {
    command: 'npm run bench -- --paper onset --env docker --dry-run',
    why: 'shows the sweep of the paper and how long it takes',
  };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
