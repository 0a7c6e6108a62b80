/** What to do after a run, by what it lacks most. Pure. */
import { finalAttempts } from '../../../analysis/attempts.ts';
import { missingTrials } from '../../../results/store/missing.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import type { MysqlFactors } from '../../foundation/cell.ts';
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
    const { env, workload, replicas, clients, boot, mysql } = doubtful.cell;
    const cold = boot === 'cold' ? ' --boot cold' : '';
    const own = mysql === undefined ? '' : ` ${mysqlArguments(mysql)}`;
    return {
      command: `npm run bench -- --env ${env} --workload ${workload} --replicas ${replicas} --clients ${clients}${own}${cold} --trials 1 --keep-on-failure -v`,
      why: `repeats the cell of ${doubtful.trialId} alone and keeps its files`,
    };
  }
  return afterSuccess(manifest);
}

/** What makes this cell out of the default one. */
function mysqlArguments(factors: MysqlFactors): string {
  const { engine, mode, insertsPerMinute, aggregation, delivery, stringLength, durability } = factors;
  return [
    `--inserts-per-minute ${insertsPerMinute === 0 ? 'max' : insertsPerMinute}`,
    ...(mode === 'baseline' ? ['--mode baseline'] : [`--aggregation ${aggregation}`]),
    ...(engine === 'mariadb' ? [] : [`--engine ${engine}`]),
    ...(delivery === 'sequential' ? [] : [`--delivery ${delivery}`]),
    ...(stringLength === 32 ? [] : [`--string-length ${stringLength}`]),
    ...(durability === 1 ? [] : [`--durability ${durability}`]),
    ...(factors.nameResolution ? ['--name-resolution on'] : []),
    ...(factors.onPeerLoss === 'fail' ? [] : [`--on-peer-loss ${factors.onPeerLoss}`]),
  ].join(' ');
}

function afterSuccess(manifest: Manifest): Pointers['next'] {
  const cells = cellsOf(manifest);
  const isMysql = cells.every(({ mysql }) => mysql !== undefined);
  const workload = isMysql ? '--workload mysql ' : '';
  if (cells.some(({ sharedMemory }) => sharedMemory === 'embedded')) {
    return {
      command: 'npm run bench -- --env process,docker --replicas 1,3,5 --clients 1,4,16 --trials 5',
      why: 'compares processes with containers over real etcd; `npm run doctor` says whether this machine is ready',
    };
  }
  if (cells.every(({ env }) => env === 'process')) {
    return {
      command: `npm run bench -- ${workload}--env process,docker --trials 5`,
      why: 'compares processes with containers',
    };
  }
  if (cells.every(({ boot }) => boot === undefined)) {
    return {
      command: `npm run bench -- ${workload}--env docker,docker-vm,vm --trials 5`,
      why: 'compares containers with virtual machines; the first time it builds their image',
    };
  }
  return {
    command: isMysql
      ? 'npm run bench -- --paper containers-vs-vms --dry-run'
      : 'npm run bench -- --paper onset --env docker --dry-run',
    why: 'shows the sweep of the paper and how long it takes',
  };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
