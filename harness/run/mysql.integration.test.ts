import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { whyDockerIsUnavailable } from '../../environments/docker/availability.ts';
import type { Node } from '../../environments/environment.ts';
import type { AgentConfig } from '../../workloads/mysql/agent/messages.ts';
import { openMeeting } from '../../workloads/mysql/agent/meeting.ts';
import { openSession } from '../../workloads/mysql/agent/session.ts';
import { mysqlCell, runMysqlCell, type CellRow, type Stage } from './mysql-cells.fixture.ts';
import { whyNoServer } from './mysql-servers.fixture.ts';

const dockerMissing = await whyDockerIsUnavailable();
const missing = {
  process: whyNoServer(),
  docker: dockerMissing === null ? null : dockerMissing.message,
};

/** Runs SQL as the administrator of a node's server. */
async function administer(node: Node | undefined, sql: string): Promise<string> {
  if (node === undefined) throw new Error('no such node');
  const client = [
    'mariadb',
    '--no-defaults',
    '-N',
    '-S',
    `${node.workDir}/db.sock`,
    'strata',
    '-e',
    sql,
  ] as const;
  const { signal } = new AbortController();
  const { exitCode, stdout, stderr } = await node.exec(client, { signal, timeoutMs: 30_000 });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

const named = (nodes: readonly Node[], name: string) => nodes.find((node) => node.name === name);

function statuses(rows: readonly CellRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[String(status)] = (counts[String(status)] ?? 0) + 1;
  return counts;
}

describe.each(['process', 'docker'] as const)('the inserter in %s', (env) => {
  it.skipIf(missing[env] !== null)('inserts as fast as it can, alone', async () => {
    const cell = mysqlCell({ env, clients: 4, requests: 250, warmupRequests: 20 });
    const { outcome, metrics, verification, rows } = await runMysqlCell(cell);
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(verification.statement).toBe('1080 tuples inserted = 1080 in its database');
    expect(outcome).toMatchObject({ acknowledged: 1080, unanswered: 0, resent: 0, stall: null });
    expect(metrics).toMatchObject({ acknowledged: 1000, offeredPerS: null });
    expect(verification.facts).toMatchObject({ comInsert: 1000, engine: 'mariadb', tuples: 1080 });
    expect(rows.every(({ operation, delivery_ns: delivery }) => operation === 0 && delivery === null)).toBe(
      true,
    );
    for (let client = 0; client < 4; client += 1) {
      const own = rows.filter((row) => row.client === client);
      expect(own.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 270 }, (_unused, index) => index),
      );
      expect(own.map(({ phase }) => phase).lastIndexOf(0)).toBe(19);
    }
  });

  it.skipIf(missing[env] !== null)('sends what it gathers to all others, rest included', async () => {
    const factors = { aggregation: 10, stringLength: 300, delivery: 'parallel' } as const;
    const cell = mysqlCell({
      env,
      store: 'ram',
      replicas: 3,
      clients: 5,
      requests: 104,
      warmupRequests: 15,
      factors,
    });
    const { verification, rows } = await runMysqlCell(cell);
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(verification.statement).toBe('595 tuples of 3 instances = 595 on each of 3 databases');
    const measured = rows.filter(({ phase }) => phase === 1);
    const deliveries = measured.filter(({ operation }) => operation === 1);
    expect(deliveries).toHaveLength(5 * 10);
    const rowBytes = 4 + 1 + 3 + 300;
    for (const row of deliveries) {
      expect(row.replica).toBe((row.client ?? 0) % 3);
      expect(row.delivered_rows).toBe(20);
      expect(row.bytes).toBe(20 * rowBytes);
      const peers = [row.peer_0_ns, row.peer_1_ns, row.peer_2_ns];
      expect(peers.map((value) => value === null)).toEqual([0, 1, 2].map((peer) => peer === row.replica));
      expect(row.lag_ns).toBeGreaterThanOrEqual(row.delivery_ns ?? Infinity);
      expect((row.done_ns ?? 0) - (row.send_ns ?? 0)).toBeGreaterThanOrEqual(row.delivery_ns ?? Infinity);
    }
    expect(verification.annotations.map(({ text }) => text.split(' ')[0])).toEqual([
      'sync',
      'warm-up',
      'measure',
      'desync',
    ]);
    expect(Object.keys(verification.facts)).toEqual(
      expect.arrayContaining(['syncMs', 'mainLoopMs', 'desyncMs']),
    );
    const { lagP50Ms, lagMaxMs, batchP50Ms, slowestWay, deliveredBytes } = verification.facts;
    expect(deliveredBytes).toBe(deliveries.length * 20 * rowBytes);
    expect(slowestWay).toMatch(/^db-\d→db-\d$/);
    const lags = deliveries.map((row) => row.lag_ns ?? NaN).sort((a, b) => a - b);
    expect(Math.abs(Number(lagMaxMs) - (lags.at(-1) ?? NaN) / 1e6)).toBeLessThan(0.01 * Number(lagMaxMs));
    expect(Number(lagP50Ms)).toBeGreaterThanOrEqual(Number(batchP50Ms));
  });

  it.skipIf(missing[env] !== null)('keeps to its intended times', async () => {
    const factors = { insertsPerMinute: 3_000, aggregation: 5 };
    const cell = mysqlCell({ env, replicas: 2, clients: 3, requests: 40, factors });
    const { metrics, verification, rows } = await runMysqlCell(cell);
    expect(verification.correct).toBe(true);
    expect(metrics?.offeredPerS).toBe(100);
    for (let client = 0; client < 3; client += 1) {
      const due = rows.filter((row) => row.client === client).map((row) => row.intended_ns ?? NaN);
      const gaps = due.slice(1).map((at, index) => at - (due[index] ?? NaN));
      expect(Math.max(...gaps.map((gap) => Math.abs(gap - 30e6)))).toBeLessThan(1e5);
    }
    expect(rows.every((row) => (row.send_ns ?? 0) >= (row.intended_ns ?? Infinity))).toBe(true);
    expect(verification.facts['achievedPerS']).toBeLessThanOrEqual(102);
  });

  it.skipIf(missing[env] !== null)('delivers what a database missed while it was away', async () => {
    const factors = { insertsPerMinute: 12_000, aggregation: 5, onPeerLoss: 'retry' } as const;
    const { outcome, verification, rows } = await runMysqlCell(
      mysqlCell({ env, replicas: 3, clients: 6, requests: 200, factors }),
      { whileDriven: (stage) => away(stage, 'db-2', 400) },
    );
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(verification.statement).toBe('1200 tuples of 3 instances = 1200 on each of 3 databases');
    expect(statuses(rows)['502']).toBeGreaterThan(0);
    expect(outcome.resent).toBeGreaterThanOrEqual(statuses(rows)['502'] ?? Infinity);
    const losses = verification.annotations
      .filter(({ kind }) => kind === 'peer-loss')
      .map(({ text }) => text);
    expect(losses.every((text) => text.includes('lost db-2'))).toBe(true);
    expect(new Set(losses.map((text) => /of (db-\d) lost/.exec(text)?.[1]))).toEqual(
      new Set(['db-1', 'db-2', 'db-3']),
    );
    expect(verification.facts['comInsert'], 'a server that was started anew has counted from 0').toBeNull();
  });
});

/** Ends a node's database a moment after the measurement began, and brings it back. */
async function away({ prepared, signal }: Stage, node: string, forMs: number): Promise<void> {
  await sleep(300, undefined, { signal });
  await prepared.killDatabase(node);
  await sleep(forMs, undefined, { signal });
  await prepared.restartDatabase(node, signal);
}

describe.skipIf(missing.process !== null)('an inserter that loses a database', () => {
  it('reports exactly what it dropped', async () => {
    const factors = { insertsPerMinute: 12_000, aggregation: 5, onPeerLoss: 'drop-and-report' } as const;
    const { verification, rows } = await runMysqlCell(
      mysqlCell({ replicas: 3, clients: 6, requests: 200, factors }),
      { whileDriven: (stage) => away(stage, 'db-2', 400) },
    );
    expect(verification).toMatchObject({ correct: true, problems: [] });
    const { droppedTuples, doubtfulTuples, foundDelivered } = verification.facts;
    expect(droppedTuples).toBeGreaterThan(0);
    expect(doubtfulTuples).toBe(0);
    const deferred = statuses(rows)['502'] ?? 0;
    expect(Number(droppedTuples) / 5 + Number(foundDelivered)).toBe(deferred);
    expect(verification.statement).toContain(`${String(droppedTuples)} dropped as reported (db-2)`);
  });

  it('ends where no loss is allowed, and names it', async () => {
    const factors = { insertsPerMinute: 12_000, aggregation: 5 };
    const lost = runMysqlCell(mysqlCell({ replicas: 3, clients: 3, requests: 2_000, factors }), {
      whileDriven: async ({ prepared }) => {
        await sleep(300);
        await prepared.killDatabase('db-3');
      },
    });
    await expect(lost).rejects.toMatchObject({
      code: 'STRATA-E547',
      message: expect.stringMatching(/^db-\d: the database of db-3 was lost: /) as string,
    });
  });

  it('doubles nothing when connections are broken again and again in the middle of their inserts', async () => {
    const factors = { aggregation: 2, onPeerLoss: 'retry', durability: 0 } as const;
    let isOver = false;
    const { outcome, verification } = await runMysqlCell(
      mysqlCell({ replicas: 2, clients: 8, requests: 1_500, store: 'ram', factors }),
      {
        whileDriven: async ({ nodes }) => {
          for (let round = 0; round < 12 && !isOver; round += 1) {
            for (const node of nodes) await administer(node, 'KILL USER strata').catch(() => undefined);
            await sleep(20);
          }
        },
        beforeVerify: () => {
          isOver = true;
          return Promise.resolve();
        },
      },
    );
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(outcome.resent).toBeGreaterThan(0);
  });

  it('looks before it sends again when a server falls silent and later does what it was told', async () => {
    const factors = { insertsPerMinute: 24_000, aggregation: 3, onPeerLoss: 'retry' } as const;
    const cell = mysqlCell({ replicas: 2, clients: 8, requests: 120, requestTimeoutMs: 300, factors });
    const { outcome, verification } = await runMysqlCell(cell, {
      whileDriven: async ({ nodes }) => {
        await sleep(200);
        const node = named(nodes, 'db-2');
        if (node === undefined || !('pause' in node)) throw new Error('the node cannot be paused');
        const pausable = node as Node & { pause: () => Promise<void>; resume: () => Promise<void> };
        await pausable.pause();
        await sleep(900);
        await pausable.resume();
      },
    });
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(outcome.resent).toBeGreaterThan(0);
    expect(verification.annotations.some(({ text }) => text.includes('no answer within 0.3 s'))).toBe(true);
  });

  it.each([600, 2_500])(
    'waits for the end of what it sent before, or ends it, when a server stands still for %i ms',
    async (standsStillMs) => {
      const factors = { insertsPerMinute: 24_000, aggregation: 3, onPeerLoss: 'retry' } as const;
      const cell = mysqlCell({ replicas: 2, clients: 8, requests: 120, requestTimeoutMs: 250, factors });
      const { outcome, verification } = await runMysqlCell(cell, {
        whileDriven: async ({ nodes }) => {
          await sleep(200);
          // Nothing can be written meanwhile, but looked at: a look alone would find nothing and send twice.
          const seconds = standsStillMs / 1000;
          await administer(named(nodes, 'db-2'), `FLUSH TABLES WITH READ LOCK; DO SLEEP(${seconds})`);
        },
      });
      expect(verification).toMatchObject({ correct: true, problems: [] });
      expect(outcome.resent).toBeGreaterThan(0);
    },
  );

  it('goes on without an instance whose node was killed, and proves what is left', async () => {
    const factors = { insertsPerMinute: 12_000, aggregation: 5, onPeerLoss: 'drop-and-report' } as const;
    const { outcome, verification, rows } = await runMysqlCell(
      mysqlCell({ replicas: 3, clients: 3, requests: 200, factors }),
      {
        deadNodes: ['db-3'],
        whileDriven: async ({ nodes }) => {
          await sleep(300);
          await named(nodes, 'db-3')?.kill();
        },
      },
    );
    expect(verification).toMatchObject({ correct: true, problems: [] });
    expect(verification.statement).toMatch(
      /^400 tuples of 2 instances = 400 on each of 2 databases; \d+ dropped .*; besides, \d+( or \d+)? from db-3, gone before reporting$/,
    );
    expect(outcome.unanswered).toBe(200);
    expect(new Set(rows.map(({ replica }) => replica))).toEqual(new Set([0, 1]));
  });
});

describe.skipIf(missing.process !== null)('the proof', () => {
  const spoilt = async (sql: readonly string[], factors = {}) => {
    const cell = mysqlCell({ replicas: 2, clients: 3, requests: 50, factors });
    const { verification } = await runMysqlCell(cell, {
      beforeVerify: async ({ nodes }) => {
        for (const one of sql) await administer(named(nodes, 'db-2'), one);
      },
    });
    return verification;
  };

  it('names a batch that is missing, with its place', async () => {
    const found = await spoilt(['DELETE FROM tuples WHERE lane = 2 AND seq BETWEEN 20 AND 29']);
    expect(found.correct).toBe(false);
    expect(found.problems).toEqual(['db-2: loop 2 of db-1: 10 missing (20–29)']);
    expect(found.statement).toBe(
      '150 tuples of 2 instances ≠ 150 or 140 on each of 2 databases; 1 loops differ',
    );
  });

  it('names tuples that are there twice', async () => {
    const columns = 'origin, lane, seq, value, text';
    const found = await spoilt([
      `INSERT INTO tuples (${columns}) SELECT ${columns} FROM tuples WHERE lane = 1 AND seq IN (3, 4, 9)`,
    ]);
    expect(found.problems).toEqual(['db-2: loop 1 of db-2: 3 doubled (3–4, 9)']);
  });

  it('sees a tuple that was altered, and one that took the place of another', async () => {
    const found = await spoilt([
      'UPDATE tuples SET value = 100 - value WHERE lane = 0 AND seq = 7 AND value <> 50',
      'UPDATE tuples SET seq = 12 WHERE lane = 2 AND seq = 11',
    ]);
    expect(found.problems).toEqual([
      'db-2: loop 0 of db-1: 1 altered (7)',
      'db-2: loop 2 of db-1: 1 missing (11), 1 doubled (12), 1 altered (12)',
    ]);
  });

  it('sees tuples that nobody sent, and in a baseline also those of others', async () => {
    const strangers = "INSERT INTO tuples (origin, lane, seq, value, text) VALUES (0, 0, 1, 2, 'x')";
    const found = await spoilt([strangers], { mode: 'baseline' });
    expect(found.problems).toEqual(['db-2: 1 tuples of loop 0 of db-1 that should not be there']);
  });

  it('is not made by a database that does not answer', async () => {
    const cell = mysqlCell({ replicas: 2, clients: 2, requests: 50 });
    const { verification } = await runMysqlCell(cell, {
      beforeVerify: ({ prepared }) => prepared.killDatabase('db-2'),
    });
    expect(verification.correct).toBeNull();
    expect(verification.problems).toEqual([
      expect.stringMatching(/^db-2 should be alive but does not answer: /),
    ]);
  });
});

describe.skipIf(missing.process !== null)('an inserter that cannot work', () => {
  it('is told at the start that a batch is too large for the server', async () => {
    const cell = mysqlCell({
      replicas: 2,
      clients: 2,
      requests: 5_000,
      factors: { aggregation: 2_000, stringLength: 16_000 },
    });
    await expect(runMysqlCell(cell)).rejects.toMatchObject({
      code: 'STRATA-E544',
      message: expect.stringMatching(
        /2000 tuples with 16000 letters .* max_allowed_packet of db-\d is 16777216$/,
      ) as string,
      fix: expect.stringContaining('at most 1046 ') as string,
    });
  });

  it('is told which engine a node has when it is another', async () => {
    const cell = mysqlCell({ factors: { engine: 'mysql' } });
    await expect(runMysqlCell(cell)).rejects.toMatchObject({
      code: 'STRATA-E542',
      message: expect.stringMatching(/^engine mysql is not on db-1: it has mariadb 1\d\./) as string,
    });
  });

  it('passes on the words of a server that takes away its rights', async () => {
    const refused = runMysqlCell(mysqlCell({ requests: 100_000, requestTimeoutMs: 2_000 }), {
      beforeDrive: async ({ nodes }) => {
        await administer(
          nodes[0],
          "REVOKE INSERT ON strata.* FROM strata@'%'; GRANT INSERT ON strata.sync TO strata@'%'",
        );
      },
    });
    await expect(refused).rejects.toMatchObject({
      code: 'STRATA-E545',
      message: expect.stringContaining('INSERT command denied to user') as string,
    });
  });

  it('passes on the words of a server that does not know it, and waits for nobody who does not come', async () => {
    await runMysqlCell(mysqlCell({ replicas: 2, clients: 2, requests: 20 }), {
      beforeDrive: async ({ nodes, signal }) => {
        const [first] = nodes;
        const text = Buffer.from((await first?.get(`${first.workDir}/agent.json`)) ?? []).toString();
        const config = JSON.parse(text) as AgentConfig;
        const own = config.databases[0];
        const place = { host: own?.host ?? '', port: own?.port ?? 0 };
        const wrong = { ...config.credentials, password: 'wrong' };
        const session = openSession({ name: 'db-1', place, credentials: wrong, timeoutMs: 5_000, signal });
        await expect(session).rejects.toMatchObject({
          code: 'STRATA-E545',
          message: expect.stringContaining("Access denied for user 'strata'@") as string,
        });
        const meeting = openMeeting({ ...config, timeoutsMs: { sync: 300, loss: 300 } }, signal);
        await expect(meeting.arrive()).rejects.toMatchObject({
          code: 'STRATA-E546',
          message: expect.stringMatching(
            /for db-2 to write into the sync table of db-1 \(this is db-1\)$/,
          ) as string,
        });
        // What a real instance finds there must be as if nobody had come.
        await administer(first, 'DELETE FROM sync');
      },
    });
  });

  it('falls behind when the rate is more than the server can do, and says so', async () => {
    const cell = mysqlCell({ clients: 2, requests: 3_000, factors: { insertsPerMinute: 60_000_000 } });
    const { metrics, verification } = await runMysqlCell(cell);
    expect(verification.correct).toBe(true);
    expect(metrics?.offeredPerS).toBe(1_000_000);
    expect(metrics?.throughputPerS).toBeLessThan(500_000);
    expect(verification.facts['latenessMaxMs']).toBeGreaterThan(10);
  });

  it('has servers that know no anonymous user, and one user with three rights', async () => {
    let users = '';
    let rights = '';
    await runMysqlCell(mysqlCell({ requests: 10 }), {
      beforeVerify: async ({ nodes }) => {
        users = await administer(
          nodes[0],
          "SELECT DISTINCT User FROM mysql.user WHERE User <> 'mariadb.sys' ORDER BY 1",
        );
        rights = await administer(nodes[0], "SHOW GRANTS FOR strata@'%'");
      },
    });
    expect(users.split('\n')).toHaveLength(2);
    expect(users.split('\n')).toContain('strata');
    expect(rights).toContain('GRANT SELECT, INSERT, DELETE ON `strata`.*');
    expect(rights).not.toContain('ALL PRIVILEGES');
  });
});
