/**
 * One sample is one request of one client, or one cycle of a loop. Times are nanoseconds on the host's monotonic
 * clock since the trial's epoch (the instant its drive began), so that a stepping wall clock cannot bend them.
 */

/** Warm-up samples are stored too, and never enter a result. */
export const samplePhases = ['warm-up', 'measure'] as const;
export type SamplePhase = (typeof samplePhases)[number];

/** Base columns of every workload; `undefined` becomes NULL in the store, never a number. */
export interface Sample {
  /** 0-based client. */
  client: number;
  /** 0-based number of the request within its client; a re-sent request keeps it. */
  sequence: number;
  /** 0-based replica that answered; undefined when none did. */
  replica: number | undefined;
  /** Index into the workload's `operations`. */
  operation: number;
  /** 0 = warm-up, 1 = measure: index into {@link samplePhases}. */
  phase: 0 | 1;
  /** Open loop: when the request was due. Closed loop: undefined. */
  intendedNs: number | undefined;
  /** First time the request was sent. */
  sendNs: number;
  /** Last byte of the answer; undefined when no answer came before the drive ended. */
  doneNs: number | undefined;
  /** HTTP status or the like; 0 = no answer. */
  status: number;
  /** Bytes of the answer on the wire. */
  bytes: number;
  /** 1 + the number of re-sends. */
  attempts: number;
  /** Values of the workload's own columns, in the order of its `sampleColumns`. */
  extra: readonly (number | undefined)[];
}

export interface SampleColumn {
  /** Column name in the store, snake_case, unit last. */
  readonly name: string;
  readonly type: 'integer' | 'double';
  readonly description: string;
}

/** Takes samples while a trial runs. `record` must not wait and copies what it is given: reuse the object. */
export interface SampleRecorder extends AsyncDisposable {
  record(sample: Sample): void;
  /** Writes what is buffered; after `close` nothing may be recorded. Resolves when the bytes are with the kernel. */
  close(): Promise<void>;
}

/** Samples of one trial, readable any number of times with bounded memory. */
export interface SampleSource {
  readonly rowCount: number;
  /**
   * Rows with the named columns, sorted by `orderBy` ascending (NULLs last), in batches: one array per column,
   * in the order asked for. Sorting may spill to disk; memory stays bounded.
   */
  scan(columns: readonly string[], orderBy: string, signal: AbortSignal): AsyncIterable<SampleBatch>;
}

export interface SampleBatch {
  readonly rowCount: number;
  readonly columns: readonly (readonly (number | null)[])[];
}
