/** When to try again after a lost connection: soon, then ever more slowly, then never. */

export interface Resumption {
  /** The connection broke, or an attempt to reopen it failed. */
  lost(reason: Error): void;
  /** The other side has answered. */
  alive(): void;
  stop(): void;
}

export interface ResumptionOptions {
  /** Time without a connection after which it is given up. */
  readonly limitMs: number;
  readonly reopen: () => void;
  readonly giveUp: (reason: Error) => void;
}

const shortestPauseMs = 10;
const longestPauseMs = 400;

export function createResumption({ limitMs, reopen, giveUp }: ResumptionOptions): Resumption {
  let lostAtMs: number | undefined;
  let pauseMs = shortestPauseMs;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  return {
    lost(reason) {
      if (isStopped) return;
      const now = performance.now();
      lostAtMs ??= now;
      clearTimeout(timer);
      if (now - lostAtMs >= limitMs) {
        lostAtMs = undefined;
        pauseMs = shortestPauseMs;
        giveUp(reason);
        return;
      }
      timer = setTimeout(reopen, pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    },
    alive() {
      lostAtMs = undefined;
      pauseMs = shortestPauseMs;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
