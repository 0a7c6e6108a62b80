/** The limits of a client of the shared memory. */
export interface MemoryClientOptions {
  /** A call without an answer for this long rejects with E512. */
  readonly callTimeoutMs: number;
  /** Connecting for this long rejects with E510. */
  readonly connectTimeoutMs: number;
  /** A watch without a connection for this long ends with E516. */
  readonly watchResumeMs: number;
}

/** Connecting takes seconds where the processor is emulated and all replicas start at once. */
export const defaultClientOptions: MemoryClientOptions = {
  callTimeoutMs: 10_000,
  connectTimeoutMs: 60_000,
  watchResumeMs: 15_000,
};
