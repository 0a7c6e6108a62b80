import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { experimentKeys } from './flags.ts';
import { experimentJsonSchema } from './json-schema.ts';

describe('the published JSON Schema', () => {
  it('is current (vitest -u rewrites it)', async () => {
    const path = join(import.meta.dirname, 'experiment.schema.json');
    const text = await format(JSON.stringify(experimentJsonSchema(), null, 2), {
      ...(await resolveConfig(path)),
      parser: 'json',
    });
    await expect(text).toMatchFileSnapshot(path);
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
