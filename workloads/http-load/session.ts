/**
 * What closed and open loops share: the clients, the request each has outstanding, the samples and the counts. The
 * loops decide when a request is issued; the connections carry it; everything that is known about it is here.
 */
import type { Sample, SampleRecorder } from '../../results/sample/sample.ts';
import { startClock, type DriveClock } from './clock.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { operationStream, type HttpLoadPlan, type RequestCodec } from './plan.ts';
import { watchTargets, type TargetWatch } from './target-watch.ts';

/** One client with its connection and the request it has outstanding, if any. Mutable: the hot path allocates nothing. */
export interface LoadClient {
  readonly index: number;
  readonly drawOperation: () => number;
  /** Undefined until autocannon has made it. */
  connection: Connection | undefined;
  /** Requests issued so far; the outstanding one has the number `issued - 1`. */
  issued: number;
  outstanding: boolean;
  operation: number;
  phase: Sample['phase'];
  intendedNs: number | undefined;
  sendNs: number;
  attempts: number;
}

/** Decides when requests are issued. */
export interface LoadLoop {
  /** The client's connection is up and idle; true when `issue` gave it a request, which is then written. */
  readonly next: (client: LoadClient) => boolean;
  readonly answered: () => void;
  /** Requests that are due and wait for a connection. */
  readonly backlog: () => number;
  /** Stops timers. */
  readonly stop: () => void;
}

export interface Counts {
  acknowledged: number;
  unanswered: number;
  /** Issued, and not written before the drive ended. */
  unwritten: number;
  resent: number;
  outstanding: number;
}

export interface Session {
  readonly clients: readonly LoadClient[];
  readonly clock: DriveClock;
  readonly counts: Counts;
  readonly watch: TargetWatch;
  readonly lastAnswerNs: () => number | undefined;
  readonly issue: (client: LoadClient, phase: Sample['phase'], intendedNs: number | undefined) => void;
  readonly ownerOf: (client: LoadClient, loop: LoadLoop) => ConnectionOwner;
  /** Records what is still outstanding as unanswered; what was never written is only counted. */
  readonly abandon: () => void;
}

export function openSession(plan: HttpLoadPlan, codec: RequestCodec, recorder: SampleRecorder): Session {
  const clock = startClock();
  const watch = watchTargets(plan.targets);
  const clients = Array.from({ length: plan.clients }, (_unused, index) => newClient(plan, index));
  const operations = plan.operations.map(({ name }) => name);
  const counts: Counts = { acknowledged: 0, unanswered: 0, unwritten: 0, resent: 0, outstanding: 0 };
  const record = sampleWriter(recorder);
  let lastAnswerNs: number | undefined;

  function issue(client: LoadClient, phase: Sample['phase'], intendedNs: number | undefined): void {
    client.operation = client.drawOperation();
    client.issued += 1;
    client.phase = phase;
    client.intendedNs = intendedNs;
    client.attempts = 0;
    client.outstanding = true;
    counts.outstanding += 1;
  }

  function encode(client: LoadClient, host: string): Buffer {
    const request = codec.encode(operations[client.operation] ?? '', client.index, client.issued - 1, host);
    client.attempts += 1;
    if (client.attempts === 1) client.sendNs = clock.nowNs();
    else counts.resent += 1;
    return request;
  }

  function answered(client: LoadClient, status: number, body: string, bytes: number, target: number): void {
    const doneNs = clock.nowNs();
    const { replica, extra } = codec.decode(status, body);
    record(client, doneNs, status, bytes, replica, extra);
    client.outstanding = false;
    counts.outstanding -= 1;
    counts.acknowledged += 1;
    lastAnswerNs = doneNs;
    watch.answered(target, doneNs);
  }

  function abandon(): void {
    for (const client of clients.filter(({ outstanding }) => outstanding)) {
      client.outstanding = false;
      counts.outstanding -= 1;
      if (client.attempts === 0) {
        counts.unwritten += 1;
        continue;
      }
      record(client, undefined, 0, 0, undefined, noExtra);
      counts.unanswered += 1;
    }
  }

  const noExtra = plan.sampleColumns.map(() => undefined);
  return {
    ...{ clients, clock, counts, watch, issue, abandon },
    lastAnswerNs: () => lastAnswerNs,
    ownerOf: (client, loop) => ({
      next: () => loop.next(client),
      isOutstanding: () => client.outstanding,
      encode: (host) => encode(client, host),
      answered: (status, body, bytes, target) => {
        answered(client, status, body, bytes, target);
        loop.answered();
      },
    }),
  };
}

function newClient(plan: HttpLoadPlan, index: number): LoadClient {
  return {
    index,
    drawOperation: operationStream(plan, index),
    connection: undefined,
    issued: 0,
    outstanding: false,
    operation: 0,
    phase: 0,
    intendedNs: undefined,
    sendNs: 0,
    attempts: 0,
  };
}

/** Fills one sample over and over: the recorder copies what it is given. */
function sampleWriter(recorder: SampleRecorder) {
  const sample: Sample = {
    client: 0,
    sequence: 0,
    replica: undefined,
    operation: 0,
    phase: 0,
    intendedNs: undefined,
    sendNs: 0,
    doneNs: undefined,
    status: 0,
    bytes: 0,
    attempts: 0,
    extra: [],
  };
  return (
    client: LoadClient,
    doneNs: number | undefined,
    status: number,
    bytes: number,
    replica: number | undefined,
    extra: Sample['extra'],
  ): void => {
    sample.client = client.index;
    sample.sequence = client.issued - 1;
    sample.replica = replica;
    sample.operation = client.operation;
    sample.phase = client.phase;
    sample.intendedNs = client.intendedNs;
    sample.sendNs = client.sendNs;
    sample.doneNs = doneNs;
    sample.status = status;
    sample.bytes = bytes;
    sample.attempts = client.attempts;
    sample.extra = extra;
    recorder.record(sample);
  };
}
