/** One seed, one run, one verdict. */
import { toleratedCrashes } from '../config.ts';
import { soundRules } from '../rules.ts';
import type { Rules } from '../rules.ts';
import { replicaStatus } from '../replica.ts';
import type { Violation } from './checker.ts';
import { startClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { scenarioOf, troubleEndsMs } from './scenario.ts';
import type { Scenario, Variant } from './scenario.ts';
import { createWorld } from './world.ts';
import type { Seen, World } from './world.ts';

export interface Outcome {
  readonly scenario: Scenario;
  readonly violation: Violation | null;
  readonly answered: number;
  /** Answers stopped although time went on: only allowed when more than f replicas died. */
  readonly stalled: boolean;
  readonly seen: Seen;
  readonly virtualMs: number;
  readonly steps: number;
}

/** Long after the last fault, every request must have its answer. */
const patienceMs = 60_000;
/** When more than f replicas are dead there is nothing to wait for. */
const shortPatienceMs = 6_000;
const settlingMs = 20_000;

export function simulate(
  seed: number,
  variant: Variant,
  replicas: number,
  { rules = soundRules, trace = null }: { rules?: Rules; trace?: ((line: string) => void) | null } = {},
): Outcome {
  const scenario = scenarioOf(seed, variant, replicas);
  const world = createWorld(scenario, rules, trace);
  const clients = startClients(world);
  const limitMs = () => troubleEndsMs + (isBeyondTolerance(world) ? shortPatienceMs : patienceMs);
  let steps = 0;
  const running = () => world.checker.violation() === null;
  while (running() && !clients.allAnswered() && world.agenda.advance(limitMs())) steps += 1;
  const stalled = !clients.allAnswered();
  const settledMs = Math.max(world.agenda.nowMs(), troubleEndsMs) + settlingMs;
  if (!stalled) while (running() && world.agenda.advance(settledMs)) steps += 1;
  if (running()) judge(world, clients, stalled);
  const violation = world.checker.violation();
  trace?.(violation === null ? 'no violation' : `VIOLATION of ${violation.rule}: ${violation.text}`);
  return {
    scenario,
    violation,
    answered: clients.answered(),
    stalled,
    seen: world.seen,
    virtualMs: world.agenda.nowMs(),
    steps,
  };
}

function judge(world: World, clients: Clients, stalled: boolean): void {
  const { checker } = world;
  if (stalled) {
    if (!isBeyondTolerance(world))
      checker.fail('liveness', `no answer for ${clients.unanswered().join(' ')}`);
    return;
  }
  if (isBeyondTolerance(world)) return;
  judgeAgreement(world, clients);
  judgeStore(world);
}

function isBeyondTolerance({ crashed, scenario }: World): boolean {
  return crashed > toleratedCrashes(scenario.replicas);
}

function judgeAgreement({ hosts, checker }: World, clients: Clients): void {
  const live = hosts.filter((host) => host.alive);
  const statuses = live.map(({ state }) => replicaStatus(state));
  for (const [index, status] of statuses.entries()) {
    const name = `replica ${live[index]?.replica ?? '?'}: ${JSON.stringify(status)}`;
    if (status.executed !== checker.logLength())
      checker.fail('all-execute', `${name} of ${checker.logLength()}`);
    if (status.hash !== statuses[0]?.hash) checker.fail('equal-hash', name);
    const lost = clients.answered() + clients.abandoned() - status.executedRequests;
    if (lost < 0 || lost > clients.abandoned())
      checker.fail('executed-is-answered', `${name}, answered ${clients.answered()}`);
  }
}

/** Bounded whatever the length of the run: the window since the last snapshot, and a few records a replica. */
function judgeStore({ memory, scenario, checker, hosts }: World): void {
  const window = scenario.snapshotEvery + scenario.maxInFlight + 16;
  const limit = window * scenario.replicas + 8 * scenario.replicas + 16;
  if (memory.size() > limit) checker.fail('bounded-store', `${memory.size()} records, limit ${limit}`);
  for (const { state, alive } of hosts) {
    if (alive && state.slots.size > 0) checker.fail('bounded-replica', `${state.slots.size} slots left`);
  }
}
