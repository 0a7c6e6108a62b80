/**
 * Proves a trial of the inserter right: after it every database holds exactly the tuples of all instances (in a
 * baseline: of its own), each once, less those that were reported as dropped. What is wrong is named with its place.
 */
import type { Cell } from '../../harness/foundation/cell.ts';
import type { Verification, VerifyContext } from '../workload.ts';
import type { LaneBatches } from './agent/messages.ts';
import { annotationsOf } from './annotations.ts';
import { isReplicated, nodeName } from './check.ts';
import type { DriveFindings } from './drive.ts';
import { factsOf } from './facts.ts';
import type { Instance } from './instances.ts';
import { examine, type Examination } from './proof/examine.ts';
import { expectationOf } from './proof/expectation.ts';

export async function verifyTuples(
  instances: readonly Instance[],
  cell: Cell,
  seed: number,
  findings: DriveFindings,
  { deadNodes, signal }: Pick<VerifyContext, 'deadNodes' | 'signal'>,
): Promise<Verification> {
  const dropped = findings.reports.flatMap((report) => report?.dropped ?? []);
  const expectation = await expectationOf(cell, seed, dropped, endedAt(findings), signal);
  const partial = new Set(
    instances.map(({ index }) => index).filter((index) => findings.reports[index] === null),
  );
  const looked = await Promise.all(
    instances
      .filter(({ name, index }) => !deadNodes.has(name) && !partial.has(index))
      .map(({ index, database }) => examine(index, database, expectation, partial, signal)),
  );
  const wrong = looked.flatMap(({ problems }) => problems);
  const unknown = [...unreachable(looked), ...unresolved(findings, deadNodes), ...lost(partial, deadNodes)];
  const inserted = expectation.lanes.filter(({ origin }) => !partial.has(origin));
  const tuples = inserted.reduce((total, { total: ofLane }) => total + ofLane, 0);
  return {
    correct: wrong.length > 0 ? false : unknown.length > 0 || looked.length === 0 ? null : true,
    statement:
      statementOf(cell, tuples, looked, dropped, wrong.length, partial) +
      deathWords(findings, partial, looked),
    problems: [...wrong, ...unknown],
    facts: { ...factsOf(cell, instances, findings), tuples, databasesChecked: looked.length },
    annotations: annotationsOf(findings),
  };
}

/** Loops whose own database was ended for good did what they could; all others did what the cell asks. */
function endedAt({ abandoned, reports }: DriveFindings): (origin: number, lane: number) => number | null {
  return (origin, lane) => {
    if (!abandoned.has(origin)) return null;
    return reports[origin]?.inserted.find((one) => one.lane === lane)?.count ?? null;
  };
}

function unreachable(looked: readonly Examination[]): string[] {
  return looked.flatMap(({ database, unreachable: why }) =>
    why === null ? [] : [`${database} should be alive but does not answer: ${why}`],
  );
}

/** Batches of which nobody knows whether they arrived, although their database should be alive. */
function unresolved({ reports }: DriveFindings, deadNodes: ReadonlySet<string>): string[] {
  return reports
    .flatMap((report) => report?.doubtful ?? [])
    .filter(({ peer }) => !deadNodes.has(nodeName(peer)))
    .map(
      ({ peer, lane, firstSeq, count }) =>
        `${nodeName(peer)} never came back to tell whether it has ${count} tuples of loop ${lane} from ${firstSeq} on`,
    );
}

/**
 * An instance that is gone took its cycles with it: what it inserted and sent is not known, only that nothing of it is
 * doubled or altered. Where a fault killed it, that is all there is to prove.
 */
function lost(partial: ReadonlySet<number>, deadNodes: ReadonlySet<string>): string[] {
  return [...partial]
    .map(nodeName)
    .filter((name) => !deadNodes.has(name))
    .map((name) => `the agent of ${name} is gone: what it inserted and sent before is not known`);
}

function statementOf(
  cell: Cell,
  tuples: number,
  looked: readonly Examination[],
  dropped: readonly LaneBatches[],
  problems: number,
  partial: ReadonlySet<number>,
): string {
  const sign = problems === 0 ? '=' : '≠';
  const left = dropped.reduce((total, { count }) => total + count, 0);
  const less = left === 0 ? '' : `; ${left} dropped as reported (${placesOf(dropped)})`;
  const wrong = problems === 0 ? '' : `; ${problems} loops differ`;
  if (looked.length === 0) return `not checked: no database is left to look at`;
  if (!isReplicated(cell)) {
    const held = looked.reduce((total, { rows }) => total + rows, 0);
    const where =
      cell.replicas === 1 ? 'in its database' : `in the ${looked.length} databases of their own instances`;
    return `${tuples} tuples inserted ${sign} ${held} ${where}${less}${wrong}`;
  }
  const rows = alternatives(looked.map((one) => one.rows));
  return `${tuples} tuples of ${cell.replicas - partial.size} instances ${sign} ${rows} on each of ${looked.length} databases${less}${wrong}`;
}

function deathWords(
  { abandoned, reports }: DriveFindings,
  partial: ReadonlySet<number>,
  looked: readonly Examination[],
): string {
  const names = [...partial].map(nodeName).join(', ');
  const sent = alternatives(looked.map(({ rowsOfGone }) => rowsOfGone));
  const besides = looked.length === 0 ? 'without' : `besides, ${sent} from`;
  const ended = partial.size === 0 ? [] : [`; ${besides} ${names}, gone before reporting`];
  const silent = [...abandoned].flatMap((index) => {
    const inserted = reports[index]?.inserted.reduce((sum, { count }) => sum + count, 0);
    return inserted === undefined
      ? []
      : [`; without the database of ${nodeName(index)}, ended for good after ${inserted} tuples of its own`];
  });
  return [...ended, ...silent].join('');
}

/** Each number once: `40 or 50`. */
function alternatives(numbers: readonly number[]): string {
  return [...new Set(numbers)].join(' or ');
}

function placesOf(dropped: readonly LaneBatches[]): string {
  return [...new Set(dropped.map(({ peer }) => nodeName(peer)))].sort().join(', ');
}
