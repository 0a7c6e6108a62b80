/** What elections, snapshots and answers must keep to. */
import type { Fail, Replayed } from './checked-log.ts';

export function createElections(fail: Fail) {
  const epochs = new Map<number, Map<number, number>>();
  let highest = 0;
  return {
    stood(epoch: number, replica: number, revision: number) {
      const records = epochs.get(epoch) ?? new Map<number, number>();
      epochs.set(epoch, records);
      if (!records.has(replica)) records.set(replica, revision);
    },
    claimed(epoch: number, replica: number, quorum: number) {
      const records = epochs.get(epoch) ?? new Map<number, number>();
      const own = records.get(replica);
      if (epoch <= highest) fail('epochs-grow', `epoch ${epoch} claimed after ${highest}`);
      highest = Math.max(highest, epoch);
      if (records.size < quorum) fail('elected', `epoch ${epoch} claimed with ${records.size} candidacies`);
      if (own === undefined || [...records.values()].some((revision) => revision < own))
        fail(
          'first-candidate-wins',
          `replica ${replica} claimed epoch ${epoch}: ${JSON.stringify([...records])}`,
        );
    },
  };
}

export function checkSnapshot(
  fail: Fail,
  before: number,
  items: readonly (string | number)[],
  replayed: (order: number) => Replayed | undefined,
): number {
  const [order, counter] = [Number(items[0]), Number(items[1])];
  if (order <= before) fail('snapshots-grow', `snapshot of ${order} over one of ${before}`);
  if (replayed(order)?.counter !== counter) fail('snapshot-true', `snapshot of ${order} says ${counter}`);
  return Math.max(order, before);
}

/** Answers fit the log and real time: linearizable, because `order` is the linearization point. */
export function createAnswers(fail: Fail, replayed: (order: number) => Replayed | undefined) {
  const floor = new Map<string, number>();
  const given = new Map<string, string>();
  let highestAnswered = 0;
  return {
    sent(client: string, sequence: number) {
      const name = `${client}#${sequence}`;
      if (!floor.has(name)) floor.set(name, highestAnswered);
    },
    answered(client: string, sequence: number, result: number, order: number) {
      const name = `${client}#${sequence}`;
      const entry = replayed(order);
      const text = `${name} = ${result} at ${order}`;
      const fits =
        entry?.client === client && entry.sequence === sequence && entry.counter === result && entry.applied;
      if (!fits) fail('answer-is-replay', `${text}, replay: ${JSON.stringify(entry)}`);
      if (order <= (floor.get(name) ?? Infinity))
        fail('real-time', `${text}, sent after order ${floor.get(name) ?? 'never'}`);
      if ((given.get(name) ?? text) !== text) fail('one-answer', `${given.get(name) ?? ''}, then ${text}`);
      given.set(name, text);
      highestAnswered = Math.max(highestAnswered, order);
    },
    superseded(client: string, sequence: number) {
      const name = `${client}#${sequence}`;
      if (!given.has(name)) fail('no-false-refusal', `${name} was refused and never answered`);
    },
  };
}
