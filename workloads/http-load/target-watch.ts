/** What the load generator saw of each target, and a last look at all of them when answers have stopped. */
import { connect } from 'node:net';
import type { HttpTarget } from './plan.ts';

/** What happened at one target. */
interface Seen {
  answers: number;
  lastAnswerNs: number | undefined;
  timeouts: number;
  failedAnswers: number;
  lastFailedStatus: number | undefined;
  connectionErrors: number;
  lastError: string | undefined;
}

export interface TargetWatch {
  readonly answered: (target: number, atNs: number) => void;
  readonly failedAnswer: (target: number, status: number) => void;
  /** `error` as the system names it: ECONNRESET. */
  readonly failedConnection: (target: number, error: string) => void;
  readonly timedOut: (target: number) => void;
  /** One line per target: how a fresh connection fares now, then what happened there before. */
  readonly observe: (nowNs: number) => Promise<string[]>;
}

export function watchTargets(targets: readonly HttpTarget[]): TargetWatch {
  const seen = targets.map((): Seen => ({
    answers: 0,
    lastAnswerNs: undefined,
    timeouts: 0,
    failedAnswers: 0,
    lastFailedStatus: undefined,
    connectionErrors: 0,
    lastError: undefined,
  }));
  const at = (index: number): Seen => {
    const one = seen[index];
    if (one === undefined) throw new RangeError(`no target ${index} among ${targets.length}`);
    return one;
  };
  return {
    answered: (target, atNs) => {
      const it = at(target);
      it.answers += 1;
      it.lastAnswerNs = atNs;
    },
    failedAnswer: (target, status) => {
      const it = at(target);
      it.failedAnswers += 1;
      it.lastFailedStatus = status;
    },
    failedConnection: (target, error) => {
      const it = at(target);
      it.connectionErrors += 1;
      it.lastError = error;
    },
    timedOut: (target) => {
      at(target).timeouts += 1;
    },
    observe: (nowNs) =>
      Promise.all(
        targets.map(async (target, index) => {
          const probed = await probe(target);
          return `${target.name} ${target.host}:${target.port}: ${[probed, ...history(at(index), nowNs)].join('; ')}`;
        }),
      ),
  };
}

function history(seen: Seen, nowNs: number): string[] {
  const { answers, lastAnswerNs, timeouts, failedAnswers, connectionErrors } = seen;
  return [
    lastAnswerNs === undefined
      ? 'never answered'
      : `${answers} answers, the last ${((nowNs - lastAnswerNs) / 1e9).toFixed(1)} s ago`,
    ...(timeouts === 0 ? [] : [`${timeouts} time-outs`]),
    ...(failedAnswers === 0
      ? []
      : [`${failedAnswers} failed answers, the last with status ${String(seen.lastFailedStatus)}`]),
    ...(connectionErrors === 0
      ? []
      : [`${connectionErrors} broken connections, the last by ${String(seen.lastError)}`]),
  ];
}

const probeTimeoutMs = 1000;

/** Only connects: a request would be executed and belong to nobody. */
function probe({ host, port }: HttpTarget): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: probeTimeoutMs });
    const conclude = (observation: string) => {
      socket.destroy();
      resolve(observation);
    };
    socket.once('connect', () => conclude('accepts connections'));
    socket.once('timeout', () =>
      conclude(`no reply to a connection attempt within ${probeTimeoutMs / 1000} s`),
    );
    socket.once('error', (error: NodeJS.ErrnoException) =>
      conclude(error.code === 'ECONNREFUSED' ? 'connection refused' : error.message),
    );
  });
}
