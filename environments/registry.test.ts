import { expect, test } from 'vitest';
import { StrataError } from '../harness/foundation/errors.ts';
import { availableEnvironments, environmentFor } from './registry.ts';

test('every available environment is made under its own name', () => {
  for (const name of availableEnvironments) expect(environmentFor(name).name).toBe(name);
  expect(availableEnvironments).toEqual(['process', 'docker']);
});

test.each(['docker-vm', 'vm'] as const)('%s is refused, naming those that can be had', (name) => {
  const attempt = () => environmentFor(name);
  expect(attempt).toThrow(StrataError);
  expect(attempt).toThrow(`the environment ${name} is not part of this version`);
  try {
    attempt();
  } catch (error) {
    expect(error).toMatchObject({ code: 'STRATA-E304', exitCode: 3 });
    expect((error as StrataError).fix).toContain(availableEnvironments.join(', '));
  }
});
