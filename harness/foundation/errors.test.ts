import { expect, it } from 'vitest';
import { causeChain, inOrderThrown } from './errors.ts';

const failing = (name: string): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => Promise.reject(new Error(`${name} cannot be ended`)),
});

/** Fails, and fails twice more on the way out. */
async function failThrice(): Promise<void> {
  await using _outer = failing('outer');
  await using _inner = failing('inner');
  await Promise.resolve();
  throw new Error('no room', { cause: new Error('disk full') });
}

const thrown: unknown = await failThrice().catch((error: unknown) => error);

it('tells what failed first before what failed while the scope was left for it', () => {
  expect(inOrderThrown(thrown).map((error) => (error as Error).message)).toEqual([
    'no room',
    'inner cannot be ended',
    'outer cannot be ended',
  ]);
});

it('takes the causes of what failed first, also inside of another error', () => {
  expect(causeChain(thrown)).toEqual(['no room', 'disk full']);
  expect(causeChain(new Error('trial failed', { cause: thrown }))).toEqual([
    'trial failed',
    'no room',
    'disk full',
  ]);
});

it('leaves what is thrown alone as it is', () => {
  const error = new Error('no room');
  expect(inOrderThrown(error)).toEqual([error]);
  expect(inOrderThrown('words')).toEqual(['words']);
});
