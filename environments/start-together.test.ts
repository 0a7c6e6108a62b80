import { expect, it } from 'vitest';
import type { Node, NodeSpec, StartedNodes } from './environment.ts';
import { startTogether } from './start-together.ts';

const refusal = new Error('memory limit too small');
const nodes: readonly NodeSpec[] = ['a', 'tiny', 'b'].map((name) => ({ name, storage: 'disk' }));

/** Nodes that are nothing but a name, of which `tiny` cannot start; ending them fails as often as told. */
function startWith(endFails: number, signal = new AbortController().signal) {
  const started = new Set<StartedNodes>();
  const ended: string[][] = [];
  const outcome = startTogether<Node>({
    trial: { trialId: 't0001', nodes, signal },
    startNode: (spec) =>
      spec.name === 'tiny' ? Promise.reject(refusal) : Promise.resolve({ name: spec.name } as Node),
    end: async (those) => {
      ended.push(those.map(({ name }) => name));
      await Promise.resolve();
      if (ended.length <= endFails) throw new Error('the engine does not answer');
    },
    started,
  });
  return { outcome, started, ended };
}

it('a start that fails ends the nodes that started and throws why it failed', async () => {
  const { outcome, started, ended } = startWith(0);
  await expect(outcome).rejects.toBe(refusal);
  expect(ended).toEqual([['a', 'b']]);
  expect(started.size).toBe(0);
});

it('nodes that cannot be ended do not hide why the start failed, and are tried again by who closes', async () => {
  const { outcome, started, ended } = startWith(1);
  await expect(outcome).rejects.toBe(refusal);
  expect(started.size).toBe(1);
  for (const left of [...started]) await left[Symbol.asyncDispose]();
  expect([ended.length, started.size]).toEqual([2, 0]);
});

it('a start called off throws the reason of that, also when its nodes cannot be ended', async () => {
  const reason = new Error('called off');
  await expect(startWith(1, AbortSignal.abort(reason)).outcome).rejects.toBe(reason);
});
