import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { interruptible } from './interruptible.ts';

const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends the work, waits for its end, and gives %i', async (name, exitCode) => {
  const before = listeners();
  const happened: string[] = [];
  const work = interruptible(
    async (signal) => {
      const aborted = once(signal, 'abort');
      process.emit(name, name);
      await aborted;
      await sleep(10);
      happened.push('cleaned up');
      throw new Error('cut off');
    },
    (line) => happened.push(line),
  );
  await expect(work).rejects.toMatchObject({ name: 'Interrupted', exitCode });
  expect(happened).toEqual([`${name}: stopping. Again to leave at once.`, 'cleaned up']);
  expect(listeners()).toBe(before);
});

it('work that does not notice the signal is interrupted all the same', async () => {
  const work = interruptible(
    () => Promise.resolve(process.emit('SIGINT', 'SIGINT')),
    () => undefined,
  );
  await expect(work).rejects.toMatchObject({ exitCode: 130 });
});

it('gives what the work gives, or how it failed', async () => {
  const quiet = () => undefined;
  expect(await interruptible(() => Promise.resolve(7), quiet)).toBe(7);
  await expect(interruptible(() => Promise.reject(new Error('no')), quiet)).rejects.toThrow('no');
});
