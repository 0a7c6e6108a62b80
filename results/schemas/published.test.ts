import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { publishedSchemas } from './published.ts';

describe('the published JSON Schemas', () => {
  it.each(Object.entries(publishedSchemas()))(
    '%s is current (vitest -u rewrites it)',
    async (name, schema) => {
      const path = join(import.meta.dirname, name);
      const text = await format(JSON.stringify(schema), { ...(await resolveConfig(path)), parser: 'json' });
      await expect(text).toMatchFileSnapshot(path);
    },
  );
});
