/** Tells once a second which step of a build runs, for how long, and how large what it makes has become. */
export interface Steps {
  /** Under the build's signal; `size` ends the line, empty while there is nothing to say. */
  readonly run: <T>(
    what: string,
    size: () => string,
    work: (signal: AbortSignal) => Promise<T>,
  ) => Promise<T>;
}

/** `build` opens every line: "building the guest image (once, about half a minute)". */
export function buildSteps(build: string, progress: (message: string) => void, signal: AbortSignal): Steps {
  return {
    run: async (what, size, work) => {
      signal.throwIfAborted();
      const startedMs = performance.now();
      const report = () => {
        const elapsedS = Math.round((performance.now() - startedMs) / 1000);
        const grown = size();
        progress(`${build}: ${what} ${elapsedS} s${grown === '' ? '' : `, ${grown}`}`);
      };
      report();
      const timer = setInterval(report, 1000);
      try {
        return await work(signal);
      } finally {
        clearInterval(timer);
      }
    },
  };
}

export function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
