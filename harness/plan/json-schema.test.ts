import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { experimentKeys } from './flags.ts';
import { experimentJsonSchema } from './json-schema.ts';

const published = new URL('./experiment.schema.json', import.meta.url);

describe('the published JSON Schema', () => {
  it('is current (else write experimentJsonSchemaText() to it and run the formatter)', async () => {
    expect(JSON.parse(await readFile(published, 'utf8'))).toEqual(experimentJsonSchema());
  });

  it('describes every key, requires none and refuses others', () => {
    const schema = experimentJsonSchema();
    const properties = schema['properties'] as Record<string, { description?: string }>;
    expect(Object.keys(properties)).toEqual([...experimentKeys]);
    expect(Object.values(properties).every(({ description }) => /Allowed: /.test(description ?? ''))).toBe(
      true,
    );
    expect(schema).toMatchObject({ additionalProperties: false, type: 'object' });
    expect(schema).not.toHaveProperty('required');
  });
});
