/** A few replicas on a stage where the test decides who hears what, and when: for scenes like the paper's figures. */
import { batchedReplica, plainReplica } from './config.ts';
import type { ReplicaConfig, ReplicaIdentity } from './config.ts';
import type { ClientCommand } from './counter.ts';
import { gatherAnew } from './gathering.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from './messages.ts';
import { createReplica, step } from './replica.ts';
import type { ReplicaState } from './state.ts';
import { emptyMemory, heard } from './simulation/memory-model.ts';
import type { MemoryEvent, WatchBatch } from '../../shared-memory/shared-memory.ts';

type CommitEffect = Extract<ReplicaEffect, { kind: 'commit' }>;

interface Actor {
  readonly state: ReplicaState;
  readonly inbox: WatchBatch[];
  readonly sent: CommitEffect[];
  readonly effects: ReplicaEffect[];
  /** Is told of the registers, too. */
  attending: boolean;
}

/** So that a round takes some time, and no scene a noticeable one. */
const commitMs = 0.01;

export type Stage = ReturnType<typeof openStage>;

export function openStage(
  replicas: number,
  variant: 'plain' | 'batched',
  overrides: Partial<ReplicaConfig> = {},
) {
  const memory = emptyMemory();
  const actors = Array.from({ length: replicas }, (_, replica) =>
    openActor({ replica, replicas, incarnation: '1' }, variant, overrides),
  );
  const actor = (replica: number) => actors[replica] ?? unknownReplica(replica);
  let scriptMs = 0;
  let commitsMs = 0;

  const feed = (replica: number, event: ReplicaEvent) => {
    const one = actor(replica);
    for (const effect of step(one.state, event, scriptMs + commitsMs)) {
      one.effects.push(effect);
      if (effect.kind === 'commit') one.sent.push(effect);
      if (effect.kind === 'attend') one.attending = effect.attends;
    }
  };
  return {
    memory,
    replicas: [...actors.keys()],
    feed,
    state: (replica: number) => actor(replica).state,
    effects: (replica: number) => actor(replica).effects,
    answers: (replica: number) => actor(replica).effects.filter(({ kind }) => kind === 'answer'),
    executed: (replica: number) => actor(replica).state.executed,
    gathers: (replica: number) => actor(replica).state.gathering.timerRunning,
    isBusy: (replica: number) => actor(replica).sent.length + actor(replica).inbox.length > 0,
    sentKinds: (replica: number) => actor(replica).sent.map(({ tag }) => tag.kind),
    records: (prefix: string) => memory.everything().filter(({ key }) => key.startsWith(prefix)),
    waitUntil(ms: number) {
      scriptMs = ms;
    },
    request(replica: number, client: string, sequence: number, command: ClientCommand) {
      feed(replica, { kind: 'request', client, sequence, command });
    },
    timer(replica: number, timer: TimerId) {
      feed(replica, { kind: 'timer', timer });
    },
    /** The oldest transaction of a replica reaches the memory; `answered: false` keeps the answer back. */
    commitOne(replica: number, { answered = true } = {}) {
      const effect = actor(replica).sent.shift();
      if (effect === undefined) throw new Error(`replica ${replica} has sent nothing`);
      commitsMs += commitMs;
      const { commit, events } = memory.apply(effect.transaction);
      if (events.length > 0) for (const one of actors) tell(one, commit.revision, events);
      if (answered) feed(replica, { kind: 'committed', tag: effect.tag, commit });
    },
    /** What a replica of the grouped variant does now and then. */
    readRegisters(replica: number) {
      if (variant === 'batched') feed(replica, { kind: 'timer', timer: 'read' });
    },
    /** Everything in the replica's inbox, in order. */
    notify(replica: number) {
      for (const batch of actor(replica).inbox.splice(0)) feed(replica, { kind: 'watch', batch });
    },
  };
}

function openActor(
  identity: ReplicaIdentity,
  variant: 'plain' | 'batched',
  overrides: Partial<ReplicaConfig>,
): Actor {
  const make = variant === 'plain' ? plainReplica : batchedReplica;
  const state = createReplica(make(identity, { reportExecutions: true, ...overrides }));
  return { state, inbox: [], sent: [], effects: [], attending: false };
}

function tell({ attending, inbox }: Actor, revision: number, events: readonly MemoryEvent[]): void {
  const told = heard(events, attending, 'onset/');
  if (told.length > 0) inbox.push({ revision, events: told });
}

/** Lets everything happen among these replicas until nothing is left to do; at last, nobody waits for company. */
export function settle(stage: Stage, among: readonly number[] = stage.replicas): void {
  for (;;) {
    while (among.some((replica) => stage.isBusy(replica))) turn(stage, among);
    const gathering = among.filter((replica) => stage.gathers(replica));
    if (gathering.length === 0) return;
    for (const replica of gathering) stage.timer(replica, 'gather');
  }
}

/** Each in its turn sends all it has to send and hears all there is for it. */
function turn(stage: Stage, among: readonly number[]): void {
  for (const replica of among) {
    while (stage.sentKinds(replica).length > 0) stage.commitOne(replica);
    stage.notify(replica);
  }
}

/** Each of these replicas reads the registers, with all that follows from it. */
export function readAll(stage: Stage, among: readonly number[] = stage.replicas): void {
  for (const replica of among) stage.readRegisters(replica);
  settle(stage, among);
}

/** The leader timers of these replicas expire, one after the other. */
export function expireTimers(stage: Stage, atMs: number, among: readonly number[] = stage.replicas): void {
  readAll(stage, among);
  stage.waitUntil(atMs);
  for (const replica of among) {
    stage.timer(replica, 'leader');
    settle(stage, among);
  }
}

/** Gives the leadership to a replica in an election by everybody; one request is executed on the way. */
export function elect(stage: Stage, leader: number): void {
  stage.request(leader, 'elector', 1, 'get');
  settle(stage);
  expireTimers(stage, 1001, [leader, ...stage.replicas.filter((replica) => replica !== leader)]);
  for (const replica of stage.replicas) stage.timer(replica, 'acknowledge');
  settle(stage);
  // Nobody waits for a client that has done its service.
  gatherAnew(stage.state(leader));
  if (stage.state(leader).tenure === null) throw new Error(`replica ${leader} was not elected`);
}

function unknownReplica(replica: number): never {
  throw new Error(`there is no replica ${replica} on stage`);
}
