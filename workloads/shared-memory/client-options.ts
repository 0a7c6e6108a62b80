/** The limits of a client of the shared memory. */
export interface MemoryClientOptions {
  /** A call without an answer for this long rejects with E512. */
  readonly callTimeoutMs: number;
  /** A watch without a connection for this long ends with E516. */
  readonly watchResumeMs: number;
}

export const defaultClientOptions: MemoryClientOptions = { callTimeoutMs: 10_000, watchResumeMs: 15_000 };
