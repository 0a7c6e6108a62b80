import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StrataError } from '../foundation/errors.ts';
import { readExperimentFile } from './experiment-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata plan é '));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(content: string | Uint8Array): Promise<string> {
  const path = join(folder, 'experiment.yaml');
  await writeFile(path, content);
  return path;
}

async function refusal(path: string): Promise<StrataError> {
  const outcome: unknown = await readExperimentFile(path).catch((error: unknown) => error);
  if (outcome instanceof StrataError) return outcome;
  throw new Error('expected a refusal');
}

describe('an experiment file', () => {
  it('is read as UTF-8, without its byte order mark, from any path', async () => {
    const path = await written('\ufeffname: café\n');
    expect(await readExperimentFile(path)).toEqual({ path, text: 'name: café\n' });
  });

  it('that is no text is refused', async () => {
    const path = await written(Uint8Array.from([0x50, 0x41, 0x52, 0x31, 0xff, 0xfe, 0x00]));
    expect(await refusal(path)).toMatchObject({
      code: 'STRATA-E207',
      message: `${path}: the file is not UTF-8 text`,
    });
  });

  it('that is huge is refused unread', async () => {
    expect((await refusal(await written('#'.repeat(200_000)))).code).toBe('STRATA-E204');
  });

  it('that is missing, a folder or a device is refused with the cause', async () => {
    expect((await refusal(join(folder, 'none.yaml'))).message).toMatch(/ENOENT/);
    expect((await refusal(folder)).message).toMatch(/it is not a regular file/);
    expect((await refusal('/dev/null')).message).toMatch(/it is not a regular file/);
  });
});
