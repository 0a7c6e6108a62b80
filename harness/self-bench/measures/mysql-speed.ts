/**
 * The inserter against sysbench, which is what the field inserts with, on the same server; and whether it keeps to
 * intended times at half of the speed it has just been seen to have.
 */
import { execa } from 'execa';
import { userInfo } from 'node:os';
import type { Instance } from '../../../workloads/mysql/instances.ts';
import { runCells } from '../cells.ts';
import { driveOnce, inserterCell, insertsPerS, withInserters } from '../inserters.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const clients = 16;
const rounds = 5;
const sysbenchS = 4;
/** A row of sysbench has texts of 120 and 60 letters. */
const stringLength = 180;
const pacedS = 60;

const cell = inserterCell({
  ...{ replicas: '1', clients: String(clients), stringLength: String(stringLength) },
  ...{ requests: '2000', warmupRequests: '300', aggregation: '100', durability: '1' },
});

interface Round {
  readonly oursPerS: number;
  readonly sysbenchPerS: number;
}

export function mysqlSpeedMeasures(): readonly Measure[] {
  let raced: Promise<readonly Round[]> | undefined;
  let paced: Promise<Paced> | undefined;
  const race = (bench: BenchScope) => (raced ??= raceRounds(bench));
  const pace = (bench: BenchScope) => (paced ??= race(bench).then((all) => paceHalf(all, bench)));
  return [
    {
      id: 'mysql-vs-sysbench',
      target: 0.9,
      direction: 'min',
      unit: 'ratio',
      what: `inserts per second, 1 instance, ${clients} loops, over sysbench oltp_insert with ${clients} threads: same server, durability and row size, no secondary index`,
      async measure(bench) {
        const all = await race(bench);
        const seen = all.map(
          ({ oursPerS, sysbenchPerS }) => `${oursPerS.toFixed(0)}/${sysbenchPerS.toFixed(0)}`,
        );
        const value = median(all.map(({ oursPerS, sysbenchPerS }) => oursPerS / sysbenchPerS));
        return { value, detail: `ours/sysbench per second, ${rounds} rounds: ${seen.join(', ')}` };
      },
    },
    {
      id: 'mysql-pacing',
      target: 0.999,
      direction: 'min',
      unit: 'share of offered',
      what: `inserts achieved of those offered over ${pacedS} s at half of the speed of mysql-vs-sysbench`,
      async measure(bench) {
        const { offeredPerS, achievedPerS, detail } = await pace(bench);
        return { value: achievedPerS / offeredPerS, detail };
      },
    },
    {
      id: 'mysql-lateness',
      target: 5,
      direction: 'max',
      unit: 'ms',
      what: 'p99 of how late those paced inserts began',
      async measure(bench) {
        const { latenessP99Ms, detail } = await pace(bench);
        return { value: latenessP99Ms, detail };
      },
    },
  ];
}

async function raceRounds(bench: BenchScope): Promise<readonly Round[]> {
  const all: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    bench.say(`round ${round} of ${rounds}`);
    all.push(await raceOnce(bench, round % 2 === 0));
  }
  return all;
}

/** Whoever is second finds a server that has already worked: they take turns. */
async function raceOnce(bench: BenchScope, isOursFirst: boolean): Promise<Round> {
  return await withInserters(cell, bench, async (instances) => {
    const [instance] = instances;
    if (instance === undefined) throw new Error('no instance was started');
    const ours = async () => insertsPerS(await driveOnce(instances, cell, bench));
    if (isOursFirst) {
      const oursPerS = await ours();
      return { oursPerS, sysbenchPerS: await sysbenchInserts(instance, bench) };
    }
    const sysbenchPerS = await sysbenchInserts(instance, bench);
    return { oursPerS: await ours(), sysbenchPerS };
  });
}

async function sysbenchInserts({ database }: Instance, { signal }: BenchScope): Promise<number> {
  const user = userInfo().username;
  const options = { cancelSignal: signal, timeout: 60_000 };
  const create = ['--no-defaults', '-S', database.socket, '-e', 'CREATE DATABASE sbtest'];
  await execa('mariadb', create, options);
  const run = (command: 'prepare' | 'run') =>
    execa(
      'sysbench',
      [
        ...['oltp_insert', `--mysql-socket=${database.socket}`, `--mysql-user=${user}`, '--mysql-db=sbtest'],
        ...['--tables=1', '--table-size=1', '--create-secondary=off', `--threads=${clients}`],
        ...[`--time=${sysbenchS}`, command],
      ],
      options,
    );
  await run('prepare');
  const { stdout } = await run('run');
  const perS = Number(/transactions: +\d+ +\(([\d.]+) per sec/.exec(stdout)?.[1]);
  if (!(perS > 0)) throw new Error(`sysbench gave no rate: ${stdout}`);
  return perS;
}

interface Paced {
  readonly offeredPerS: number;
  readonly achievedPerS: number;
  readonly latenessP99Ms: number;
  readonly detail: string;
}

async function paceHalf(all: readonly Round[], bench: BenchScope): Promise<Paced> {
  const halfPerS = median(all.map(({ oursPerS }) => oursPerS)) / 2;
  bench.say(`${halfPerS.toFixed(0)} inserts per second for ${pacedS} s`);
  const flags = {
    ...{ env: 'process', workload: 'mysql', replicas: '1', clients: String(clients), trials: '1' },
    ...{ stringLength: String(stringLength), insertsPerMinute: String(Math.round(halfPerS * 60)) },
    ...{ requests: String(Math.round((halfPerS * pacedS) / clients)), warmupRequests: '100' },
  };
  const [record] = await runCells(flags, bench);
  const fact = (name: string) => Number(record?.verification?.facts[name]);
  const paced = {
    offeredPerS: fact('offeredPerS'),
    achievedPerS: fact('achievedPerS'),
    latenessP99Ms: fact('latenessP99Ms'),
  };
  const lateness = `late by ${fact('latenessMeanMs').toFixed(2)} ms on average, p99 ${paced.latenessP99Ms.toFixed(2)}, at most ${fact('latenessMaxMs').toFixed(1)}`;
  return {
    ...paced,
    detail: `${paced.achievedPerS.toFixed(1)} of ${paced.offeredPerS.toFixed(1)}/s for ${pacedS} s; ${lateness}`,
  };
}
