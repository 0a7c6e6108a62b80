/** The one document that `doctor --json` prints: stable, versioned, published as a JSON Schema beside this file. */
import { z } from 'zod';
import { environmentNames } from '../../foundation/cell.ts';
import type { Diagnosis } from '../doctor/check.ts';
import { fixIds } from '../doctor/fixes.ts';

/** Grows when a reader of the old shape would misread the new one. */
export const doctorSchemaVersion = 1;

const check = z.object({
  id: z.string().describe('Stable name of the check, such as vm-accelerator'),
  env: z.enum(environmentNames),
  title: z.string(),
  enables: z.string().describe('Completes "enables …"'),
  state: z.enum(['ok', 'warn', 'fail']).describe('warn: runs are possible, with less'),
  detail: z.string().describe('What was found, with the figures'),
  advice: z.string().nullable().describe('null when nothing needs to be done'),
  fixes: z.array(z.enum(fixIds)).describe('What --fix may run, in this order'),
});

export const doctorOutputSchema = z
  .object({
    schemaVersion: z.literal(doctorSchemaVersion),
    exitCode: z
      .union([z.literal(0), z.literal(3)])
      .describe('3: an environment asked for by --env is not ready'),
    checks: z.array(check),
  })
  .meta({ title: 'strata doctor --json' });

export type DoctorOutput = z.infer<typeof doctorOutputSchema>;

export function doctorOutput(checks: readonly Diagnosis[], exitCode: 0 | 3): DoctorOutput {
  return doctorOutputSchema.parse({ schemaVersion: doctorSchemaVersion, exitCode, checks });
}

/** The text of `doctor-output.schema.json`. */
export function publishedDoctorSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(doctorOutputSchema), null, 2)}\n`;
}
