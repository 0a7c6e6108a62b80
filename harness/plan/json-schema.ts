/**
 * The schema of an experiment for editors, derived from the one that validates. `npm run schemas` writes the file beside
 * it; a test asserts that it is current.
 */
import * as z from 'zod';
import { experimentSchema } from './experiment-schema.ts';

export function experimentJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(experimentSchema, { io: 'input' });
  return {
    $schema,
    title: 'strata experiment',
    description: 'What to measure: factors whose combinations are the cells, and what all cells share.',
    ...schema,
  };
}
