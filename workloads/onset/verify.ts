/**
 * Proves a trial of the counter right: the live replicas agree on log and counter, every acknowledged request was
 * executed exactly once, and the clients' history is linearizable with the executed log as the witness.
 */
import { anySignal } from '../../harness/foundation/any-signal.ts';
import { checkCounterHistory, type HistoryReport } from '../linearizability/counter-history.ts';
import { unlessEnded } from '../node-process.ts';
import type { Verification, VerifyContext } from '../workload.ts';
import { elections, type Observer } from './elections.ts';
import { readExecutionLog } from './execution-log.ts';
import { compareClocks, replicaClock } from './replica-clock.ts';
import type { ReplicaStatus } from './replica/status.ts';
import { settle, stateOf, type Settled } from './settle.ts';
import type { RunningReplica } from './start-nodes.ts';

type Settlement = Settled<RunningReplica>;

export async function verifyOnset(
  replicas: readonly RunningReplica[],
  epochHrtimeNs: bigint,
  { samples, deadNodes, signal }: VerifyContext,
): Promise<Verification> {
  const live = replicas.filter(({ name }) => !deadNodes.has(name));
  const settled = await settleWhileAllLive(live, signal);
  const witness = settled.answered.find(({ status }) => status.logComplete);
  if (witness === undefined)
    return unknown(settled, 'no live replica kept the whole log, so nothing can be replayed');
  const log = readExecutionLog(await witness.replica.node.get(witness.replica.executionLogPath));
  const history = await checkCounterHistory({ samples, log, signal });
  const observers = await observersOf(settled, epochHrtimeNs, signal);
  const problems = [...disagreements(settled), ...mismatches(witness.status, history), ...history.violations];
  return {
    correct: problems.length === 0,
    statement: statementOf(history, settled),
    problems,
    facts: factsOf(witness.status, history, settled),
    annotations: elections(observers),
  };
}

/** A replica that died by itself has given no wrong answer, and nobody waits for one that cannot come. */
async function settleWhileAllLive(
  replicas: readonly RunningReplica[],
  signal: AbortSignal,
): Promise<Settlement> {
  const givenUp = new AbortController();
  const when = 'during the trial, and no fault was to end it';
  try {
    return await replicas.reduce(
      (waiting, { process, node }) => unlessEnded(process, node, waiting, { code: 'STRATA-E525', when }),
      settle(replicas, anySignal(signal, givenUp.signal)),
    );
  } finally {
    givenUp.abort();
  }
}

function disagreements({ agreed, answered, silent }: Settlement): string[] {
  const problems = silent.map(
    ({ replica, reason }) => `${replica.name} should be alive but does not answer: ${reason}`,
  );
  if (agreed || silent.length > 0) return problems;
  const says = answered.map(({ replica, status }) => `${replica.name}: ${stateOf(status)}`);
  return [`the replicas do not agree: ${says.join('; ')}`];
}

/** What the replica says of itself against what its log says. */
function mismatches(status: ReplicaStatus, history: HistoryReport): string[] {
  const problems: string[] = [];
  if (status.counter !== history.finalValue) {
    problems.push(`the counter is ${status.counter}; replaying the log gives ${history.finalValue}`);
  }
  if (status.executedRequests !== history.executed) {
    problems.push(
      `${status.executedRequests} requests were counted as executed; the log has ${history.executed}`,
    );
  }
  return problems;
}

function statementOf(history: HistoryReport, { answered }: Settlement): string {
  const { acknowledged, executed, executedUnanswered, violationCount } = history;
  const where = answered.length === 1 ? 'on the only live replica' : `on each of ${answered.length} replicas`;
  const unanswered = executedUnanswered === 0 ? '' : ` + ${executedUnanswered} executed without an answer`;
  const sign = acknowledged + executedUnanswered === executed ? '=' : '≠';
  const violations = violationCount === 0 ? '' : `; ${violationCount} violations in the history`;
  return `${acknowledged} acknowledged${unanswered} ${sign} ${executed} executed ${where}${violations}`;
}

function factsOf(
  status: ReplicaStatus,
  history: HistoryReport,
  { answered }: Settlement,
): Verification['facts'] {
  return {
    executed: history.executed,
    executedUnanswered: history.executedUnanswered,
    noOps: history.noOps,
    counter: status.counter,
    logHash: status.logHash,
    epoch: status.epoch,
    liveReplicas: answered.length,
    snapshotsInstalled: sum(answered.map((answer) => answer.status.snapshotsInstalled)),
    transactions: sum(answered.map((answer) => answer.status.transactions)),
    maxReplicaUtilization: Math.max(...answered.map((answer) => answer.status.eventLoopUtilization)),
  };
}

/** A replica that has gone since it settled is taken at the word of its clock before the trial. */
function observersOf(
  { answered }: Settlement,
  epochHrtimeNs: bigint,
  signal: AbortSignal,
): Promise<readonly Observer[]> {
  return Promise.all(
    answered.map(async ({ replica, status }) => {
      const after = await compareClocks(replica, signal).catch(() => replica.clock);
      signal.throwIfAborted();
      return { changes: status.leaderChanges, clock: replicaClock(replica.clock, after, epochHrtimeNs) };
    }),
  );
}

function unknown({ answered, silent }: Settlement, problem: string): Verification {
  const silence = silent.map(({ replica, reason }) => `${replica.name} does not answer: ${reason}`);
  return {
    correct: null,
    statement: `not checked: ${problem}`,
    problems: [problem, ...silence],
    facts: { liveReplicas: answered.length },
    annotations: [],
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
