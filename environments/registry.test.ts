import { expect, test } from 'vitest';
import { environmentNames } from '../harness/foundation/cell.ts';
import { environmentFor } from './registry.ts';

test('every environment is made under its own name', () => {
  for (const name of environmentNames) expect(environmentFor(name).name).toBe(name);
});
