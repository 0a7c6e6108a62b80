/**
 * The schema of an experiment for editors, derived from the one that validates. The file beside it is written by
 * `experimentJsonSchemaText`; a test asserts that it is current.
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

/** What `experiment.schema.json` holds; run the formatter over it afterwards. */
export function experimentJsonSchemaText(): string {
  return `${JSON.stringify(experimentJsonSchema(), null, 2)}\n`;
}
