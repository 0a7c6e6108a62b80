/**
 * What one drive of an HTTP load is: whom to ask, how often, by how many clients. A plan crosses a process boundary
 * as JSON; what cannot (how a request is written and an answer read) is the workload's {@link RequestCodec}.
 */
import type { Balance, Load } from '../../harness/foundation/cell.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { SampleColumn } from '../../results/sample/sample.ts';
import { randomStream } from './random.ts';

export interface HttpTarget {
  /** As people call it: `replica-2`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface WeightedOperation {
  readonly name: string;
  /** Relative; 0 = never drawn. */
  readonly weight: number;
}

export interface HttpLoadPlan {
  readonly targets: readonly HttpTarget[];
  /** Closed loop: one connection each. Open loop: the number of connections the schedule is dealt to. */
  readonly clients: number;
  readonly balance: Balance;
  readonly seed: number;
  readonly load: Load;
  /** Requests per client before the measurement; may be 0. */
  readonly warmupRequests: number;
  /** Measured requests per client. An open loop issues `clients × requests` in all. */
  readonly requests: number;
  /** A request without an answer for this long is sent again, under the same id, to the next target. */
  readonly requestTimeoutMs: number;
  /** The drive gives up when no answer came for this long although some were due. */
  readonly stallTimeoutMs: number;
  /** In the order of the workload's `operations`: a sample stores the index. */
  readonly operations: readonly WeightedOperation[];
  /** The workload's own sample columns, in the order of {@link DecodedAnswer.extra}. */
  readonly sampleColumns: readonly SampleColumn[];
  readonly spoolPath: string;
}

export const defaultStallTimeoutMs = 10_000;

export interface DecodedAnswer {
  /** 0-based replica that answered. */
  readonly replica?: number | undefined;
  readonly extra: readonly (number | undefined)[];
}

/** How a workload writes its requests and reads its answers. Both run once per request: keep them cheap. */
export interface RequestCodec {
  /**
   * The whole request as it goes on the wire. `(client, sequence)` is its id: a re-sent request is encoded again
   * with the same. `host` is the value of the Host header.
   */
  encode(operation: string, client: number, sequence: number, host: string): Buffer;
  /** Called for every answer with a status below 500. */
  decode(status: number, body: string): DecodedAnswer;
}

/** @throws StrataError E530 naming the first value that cannot be driven */
export function checkPlan(plan: HttpLoadPlan): void {
  const positive = (value: number) => value > 0 && Number.isFinite(value);
  const count = (value: number) => Number.isSafeInteger(value) && value >= 0;
  const weights = plan.operations.map(({ weight }) => weight);
  const requirements: readonly (readonly [string, boolean])[] = [
    ['at least one target', plan.targets.length > 0],
    ['clients ≥ 1', count(plan.clients) && plan.clients > 0],
    ['requests ≥ 1', count(plan.requests) && plan.requests > 0],
    ['warmupRequests ≥ 0', count(plan.warmupRequests)],
    ['requestTimeoutMs > 0', positive(plan.requestTimeoutMs)],
    ['stallTimeoutMs > 0', positive(plan.stallTimeoutMs)],
    ['a rate above 0', plan.load.kind === 'closed' || positive(plan.load.ratePerS)],
    [
      'operation weights ≥ 0, one of them above 0',
      weights.every((one) => one >= 0) && weights.some(positive),
    ],
  ];
  const missed = requirements.find(([, met]) => !met);
  if (missed === undefined) return;
  throw new StrataError({
    code: 'STRATA-E530',
    message: `the load plan needs ${missed[0]}`,
    fix: 'correct the cell this plan was made from',
  });
}

/** Index of the target each client connects to first. */
export function firstTargets(plan: HttpLoadPlan): number[] {
  const draw = randomStream(plan.seed, balanceStream);
  return Array.from({ length: plan.clients }, (_unused, client) =>
    plan.balance === 'round-robin' ? client % plan.targets.length : Math.floor(draw() * plan.targets.length),
  );
}

/**
 * The operations of one client, in order, as indices into the plan's operations. Depends on seed, client and weights
 * only, so that a request's operation is the same however the requests of other clients are timed.
 */
export function operationStream(plan: HttpLoadPlan, client: number): () => number {
  const draw = randomStream(plan.seed, client);
  const total = plan.operations.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  const upTo = plan.operations.map(({ weight }) => (reached += weight / total));
  const lastDrawn = plan.operations.findLastIndex(({ weight }) => weight > 0);
  return () => {
    const point = draw();
    const index = upTo.findIndex((bound) => point < bound);
    return index === -1 ? lastDrawn : index;
  };
}

/** Far from any client's number. */
const balanceStream = 0xffff_ffff;
