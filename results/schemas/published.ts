/** The JSON Schemas of what a run directory holds, as kept beside this file for readers in other languages. */
import { z } from 'zod';
import { schemaVersion } from '../store/records.ts';
import { stoppingDecisionSchema } from '../store/stopping-schema.ts';
import { manifestSchema, noiseRecordSchema, trialRecordSchema } from '../store/schemas.ts';

const sources = {
  manifest: { schema: manifestSchema, title: 'manifest.json of a run directory' },
  'trial-record': {
    schema: trialRecordSchema,
    title: 'One line of trials.ndjson: one attempt at one planned trial',
  },
  'noise-record': {
    schema: noiseRecordSchema,
    title: 'One line of noise.ndjson: the machine around a trial',
  },
  'stopping-decision': {
    schema: stoppingDecisionSchema,
    title: 'One line of stopping.ndjson: whether a run ends after a block',
  },
};

/** By file name: `manifest.schema.json` … */
export function publishedSchemas(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(sources).map(([name, { schema, title }]) => [
      `${name}.schema.json`,
      {
        $id: `urn:strata:schema:${schemaVersion}:${name}`,
        title,
        schemaVersion,
        // As written: a reader of a newer strata's file must not stumble over a key that was added.
        ...z.toJSONSchema(schema, { io: 'input' }),
      },
    ]),
  );
}
