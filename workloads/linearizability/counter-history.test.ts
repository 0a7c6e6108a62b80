import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCounterHistory, type HistoryReport } from './counter-history.ts';
import { counterOperations } from './counter.ts';
import { isLinearizable } from './exhaustive-search.fixture.ts';
import { histories, playSteps, reexecute, sampleSource, type History } from './history.fixture.ts';
import type { HistoryRow } from './history-rows.ts';
import { noOperation, type LogEntry } from './log-replay.ts';

const signal = new AbortController().signal;
const check = ({ rows, log }: History): Promise<HistoryReport> =>
  checkCounterHistory({ samples: sampleSource(rows), log, signal });

/** Long enough that the counter passes 30 and `dou` halves. */
const many = histories({ clients: 5, steps: 300 });
const tiny = histories({ clients: 3, steps: 20 });

/** Runs `corrupt` on generated histories where it applies and expects each result to be found out. */
async function expectCaught(
  corrupt: (history: History, pick: (count: number) => number) => History | undefined,
  message: RegExp,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(many, fc.infiniteStream(fc.nat()), async (history, numbers) => {
      const corrupted = corrupt(history, (count) => (numbers.next().value ?? 0) % count);
      fc.pre(corrupted !== undefined);
      const report = await check(corrupted);
      expect(report.violationCount).toBeGreaterThan(0);
      expect(report.violations.join('\n')).toMatch(message);
    }),
    { numRuns: 150 },
  );
}

const isAnswered = (row: HistoryRow) => row.position !== null;
const replace = (history: History, changed: HistoryRow, by: Partial<HistoryRow>): History => ({
  ...history,
  rows: history.rows.map((row) => (row === changed ? { ...row, ...by } : row)),
});

describe('a sound history', () => {
  it('passes, with every request accounted for', async () => {
    await fc.assert(
      fc.asyncProperty(many, async (history) => {
        const report = await check(history);
        expect(report.violations).toEqual([]);
        expect(report.executed).toBe(history.log.length);
        expect(report.executed).toBe(report.acknowledged + report.executedUnanswered);
      }),
    );
  });

  it('passes when orders without a request stand between', async () => {
    await fc.assert(
      fc.asyncProperty(many, fc.nat(), async (history, at) => {
        const noOp = { client: 0, sequence: 0, operation: noOperation };
        const padded = history.log.toSpliced(at % (history.log.length + 1), 0, { ...noOp, order: 0 });
        const { rows } = reexecuteAround(history, padded);
        const report = await check({
          rows,
          log: padded.map((entry, index) => ({ ...entry, order: index + 1 })),
        });
        expect(report).toMatchObject({ violations: [], noOps: 1, executed: history.log.length });
      }),
    );
  });

  it('passes when a request was refused and never executed', async () => {
    const history = playSteps(steps('0 inc', '0', '0'));
    const refused = { ...first(history.rows), sequence: 1, status: 404, position: null, value: null };
    expect(await check({ ...history, rows: [...history.rows, refused] })).toMatchObject({
      violations: [],
      acknowledged: 1,
    });
  });

  it('halves with integer division, and only above 30', async () => {
    const incs = Array.from({ length: 31 }, () => ['0 inc', '0', '0']).flat();
    const history = playSteps(steps(...incs, '0 dou', '0', '0', '0 dou', '0', '0'));
    expect(history.rows.at(-1)?.value).toBe(15);
    expect(await check(history)).toMatchObject({ violations: [], finalValue: 15, acknowledged: 33 });
  });
});

describe('the checker finds', () => {
  it('swapped answers', async () => {
    await expectCaught((history, pick) => {
      const answered = history.rows.filter(isAnswered);
      if (answered.length < 2) return undefined;
      const one = at(answered, pick(answered.length));
      const other = at(answered, pick(answered.length));
      if (one.value === other.value) return undefined;
      return replace(replace(history, one, { value: other.value }), other, { value: one.value });
    }, /but the log gives/);
  });

  it('a lost update', async () => {
    await expectCaught((history, pick) => {
      const increments = history.rows.filter((row) => isAnswered(row) && row.operation === inc);
      if (increments.length === 0) return undefined;
      const lost = at(increments, pick(increments.length));
      const rows = history.rows.map((row) =>
        (row.position ?? 0) < (lost.position ?? 0) ? row : { ...row, value: (row.value ?? 0) - 1 },
      );
      return { ...history, rows };
    }, /but the log gives/);
  });

  it('an acknowledged request that is missing from the log', async () => {
    await expectCaught((history, pick) => {
      const answered = history.rows.filter(isAnswered);
      if (answered.length === 0) return undefined;
      const lost = at(answered, pick(answered.length));
      return reexecute(
        history,
        history.log.filter(({ order }) => order !== lost.position),
      );
    }, /the log (has client|does not have)|as another request was|which the log does not have/);
  });

  it('a stale read', async () => {
    await expectCaught((history, pick) => {
      const stale = history.rows.filter(
        (row) => isAnswered(row) && row.operation === get && (row.value ?? 0) > 0,
      );
      if (stale.length === 0) return undefined;
      const read = at(stale, pick(stale.length));
      return replace(history, read, { value: (read.value ?? 0) - 1 });
    }, /but the log gives/);
  });

  it('a request that was executed twice', async () => {
    await expectCaught((history, pick) => {
      if (history.log.length === 0) return undefined;
      const twice = at(history.log, pick(history.log.length));
      const later = twice.order + pick(history.log.length - twice.order + 1);
      const again = history.log.toSpliced(later, 0, twice);
      return reexecuteAround(history, again);
    }, /executed twice|: twice, or overtaken/);
  });

  it('an order that contradicts real time', async () => {
    await expectCaught((history, pick) => {
      const pairs = consecutivePairs(history);
      if (pairs.length === 0) return undefined;
      const { before, after } = at(pairs, pick(pairs.length));
      const log = history.log.map((entry) =>
        entry.order === before.order ? after : entry.order === after.order ? before : entry,
      );
      return reexecute(history, log);
    }, /but was done before/);
  });

  it('a request in the log that nobody sent', async () => {
    await expectCaught((history, pick) => {
      const phantom = { order: 0, client: 99, sequence: 0, operation: inc };
      return reexecuteAround(history, history.log.toSpliced(pick(history.log.length + 1), 0, phantom));
    }, /client 99 request 0, which no client sent/);
  });

  it('an unanswered request executed before one that was done when it was sent', async () => {
    const history = playSteps(steps('0 inc', '0', '0', '1 inc', '1'));
    const report = await check(reexecute(history, history.log.toReversed()));
    expect(report.violations).toEqual([
      'client 1 request 0 (inc, sent 0.000004 s, never answered) was executed at order 1, before a request that was done at 0.000003 s',
    ]);
  });

  it('a request refused and executed, and one acknowledged without a position', async () => {
    const history = playSteps(steps('0 inc', '0', '0', '1 inc', '1', '1'));
    const [refused, unplaced] = history.rows;
    if (refused === undefined || unplaced === undefined) throw new Error('two requests were played');
    const rows = [
      { ...refused, status: 409, position: null, value: null },
      { ...unplaced, position: null, value: null },
    ];
    const { violations } = await check({ ...history, rows });
    expect(violations).toContainEqual(
      expect.stringMatching(/client 0 request 0 .* refused with status 409, yet executed/),
    );
    expect(violations).toContainEqual(expect.stringMatching(/client 1 request 0 .* without a position/));
  });

  it('a gap in the log', async () => {
    const history = playSteps(steps('0 get', '0', '0', '0 get', '0', '0'));
    const log = history.log.filter(({ order }) => order === 2);
    const { violations } = await check({ ...history, log });
    expect(violations[0]).toMatch(
      /answered with position 1, which the log does not have|continues with order 2/,
    );
  });

  it('more violations than it puts into words', async () => {
    const history = playSteps(steps('0 inc', '0', '0', '0 inc', '0', '0', '0 inc', '0', '0'));
    const report = await checkCounterHistory({
      samples: sampleSource(history.rows),
      log: [],
      signal,
      maxViolations: 2,
    });
    expect(report.violationCount).toBe(3);
    expect(report.violations).toHaveLength(2);
  });
});

describe('held against exhaustive search', () => {
  it('what the checker accepts is linearizable, whatever the log and the answers', async () => {
    let accepted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        tiny,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.boolean(),
        async (history, swaps, bend) => {
          const log = swaps.reduce((entries, swap) => swapped(entries, swap), history.log);
          const shuffled = reexecute(history, log);
          const victim = shuffled.rows.find(isAnswered);
          const claimed =
            bend && victim !== undefined
              ? replace(shuffled, victim, { value: (victim.value ?? 0) + 1 })
              : shuffled;
          const report = await check(claimed);
          if (report.violationCount > 0) refused += 1;
          else {
            accepted += 1;
            expect(isLinearizable(claimed.rows)).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(100);
  });

  it('exhaustive search accepts what was played soundly and refuses a stale read', () => {
    fc.assert(fc.property(tiny, ({ rows }) => isLinearizable(rows)));
    const { rows } = playSteps(steps('0 inc', '0', '0', '1 get', '1', '1'));
    const stale = rows.map((row) => (row.operation === get ? { ...row, value: 0 } : row));
    expect(isLinearizable(stale)).toBe(false);
  });
});

const get = counterOperations.indexOf('get');
const inc = counterOperations.indexOf('inc');

/** "0 inc": client 0 sends inc; "0": client 0 goes on by one step. */
function steps(...texts: string[]) {
  return texts.map((text) => {
    const [client, operation] = text.split(' ');
    return {
      client: Number(client),
      operation: operation === undefined ? 0 : counterOperations.findIndex((name) => name === operation),
    };
  });
}

/** Positions follow the first place of each request in `log`; a repeated entry changes values only. */
function reexecuteAround(history: History, log: readonly LogEntry[]): History {
  const renumbered = reexecute(history, log);
  const firstPlace = new Map<string, number>();
  log.forEach(({ client, sequence, operation }, index) => {
    const id = `${client}/${sequence}`;
    if (operation !== noOperation && !firstPlace.has(id)) firstPlace.set(id, index + 1);
  });
  const values = valuesOf(renumbered.log);
  const rows = history.rows.map((row) => {
    const position = firstPlace.get(`${row.client}/${row.sequence}`) ?? null;
    return row.status === 0 ? row : { ...row, position, value: values[(position ?? 0) - 1] ?? null };
  });
  return { rows, log: renumbered.log };
}

function valuesOf(log: readonly LogEntry[]): number[] {
  const values: number[] = [];
  for (const { operation } of log) {
    const value = values.at(-1) ?? 0;
    values.push(
      operation === inc
        ? value + 1
        : operation === get || operation === noOperation || value <= 30
          ? value
          : Math.floor(value / 2),
    );
  }
  return values;
}

/** Answered requests of different clients of which one was done before the other was sent. */
function consecutivePairs(history: History): { before: LogEntry; after: LogEntry }[] {
  const answered = history.rows.filter(isAnswered);
  return answered.flatMap((one) =>
    answered
      .filter((other) => other.client !== one.client && one.doneNs !== null && one.doneNs < other.sendNs)
      .map((other) => ({
        before: at(history.log, (one.position ?? 0) - 1),
        after: at(history.log, (other.position ?? 0) - 1),
      })),
  );
}

function swapped(log: readonly LogEntry[], at: number): readonly LogEntry[] {
  const one = log[at % Math.max(1, log.length)];
  const next = log[(at + 1) % Math.max(1, log.length)];
  if (one === undefined || next === undefined) return log;
  return log.map((entry) => (entry === one ? next : entry === next ? one : entry));
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index} among ${items.length}`);
  return item;
}

function first<T>(items: readonly T[]): T {
  return at(items, 0);
}
