import { appendFile, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  readTemplate,
  recordPath,
  sealFile,
  templateFiles,
  templateKey,
  type TemplateIngredients,
} from './template-store.ts';

const ingredients: TemplateIngredients = {
  imageKey: 'abc',
  role: 'plain',
  qemuVersion: '7.2.22',
  accelerator: 'tcg qemu64,-cx16',
  machineArguments: ['-m', '512'],
};

describe('the key of a template', () => {
  it('changes with everything a snapshot depends on', () => {
    const changes: Partial<TemplateIngredients>[] = [
      { imageKey: 'abd' },
      { role: 'docker' },
      { qemuVersion: '8.0.0' },
      { accelerator: 'kvm host' },
      { machineArguments: ['-m', '1024'] },
    ];
    const keys = [{}, ...changes].map((change) => templateKey({ ...ingredients, ...change }));
    expect(new Set(keys).size).toBe(keys.length);
    expect(templateKey({ ...ingredients })).toBe(keys[0]);
  });
});

describe('a stored template', () => {
  let directory: string;
  const key = templateKey(ingredients);

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'template-'));
    const { ram, state } = templateFiles(directory, 0);
    await writeFile(ram, 'memory');
    await writeFile(state, 'devices');
    const files = { ram: await sealFile(ram), state: await sealFile(state) };
    const record = { key, ingredients, timeline: [], bootFailures: [], createdAtIso: '', files };
    await writeFile(recordPath(directory), JSON.stringify(record));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('is complete when all its files are as they were written', async () => {
    expect(await readTemplate(directory, key)).toMatchObject({ kind: 'complete', record: { ingredients } });
  });

  it('is absent where nothing was written', async () => {
    expect(await readTemplate(path.join(directory, 'none'), key)).toEqual({ kind: 'absent' });
  });

  it('is broken, with the file named, when one bit differs, a byte is added or a file is gone', async () => {
    const file = templateFiles(directory, 0).ram;
    const reason = async () => {
      const stored = await readTemplate(directory, key);
      return stored.kind === 'broken' ? stored.reason : stored.kind;
    };
    const handle = await open(file, 'r+');
    await handle.write('n', 0);
    await handle.close();
    expect(await reason()).toBe('ram does not have the checksum it was written with');
    await appendFile(file, 'x');
    expect(await reason()).toBe('ram has 7 bytes instead of 6');
    await rm(file);
    expect(await reason()).toBe('ram is missing');
  });

  it('is broken when its record is no record or belongs to another key', async () => {
    expect(await readTemplate(directory, 'other')).toMatchObject({ kind: 'broken' });
    await writeFile(recordPath(directory), '{"key":');
    expect(await readTemplate(directory, key)).toMatchObject({ kind: 'broken' });
  });
});
