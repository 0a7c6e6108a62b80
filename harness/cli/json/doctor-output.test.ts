import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { failure, passed } from '../doctor/check.ts';
import { doctorOutput, doctorOutputSchema, publishedDoctorSchema } from './doctor-output.ts';

it('the published JSON Schema is current (vitest -u rewrites it)', async () => {
  const path = join(import.meta.dirname, 'doctor-output.schema.json');
  const text = await format(publishedDoctorSchema(), { ...(await resolveConfig(path)), parser: 'json' });
  await expect(text).toMatchFileSnapshot(path);
});

it('the document reads back as the schema says', () => {
  const check = { id: 'vm-qemu', env: 'vm', title: 'QEMU', enables: 'machines' } as const;
  const found = [
    { ...check, ...passed('7.2') },
    { ...check, ...failure(new Error('no'), 'fail', ['install-qemu']) },
  ];
  const document = doctorOutput(found, 3);
  expect(doctorOutputSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document).toMatchObject({
    schemaVersion: 1,
    exitCode: 3,
    checks: [{ state: 'ok' }, { state: 'fail' }],
  });
});
