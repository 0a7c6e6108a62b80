import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLogFile } from './log-file.ts';

describe('a log file', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'log file '));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('shows its last lines, of this process only, while it grows', async () => {
    const file = path.join(dir, 'größe.log');
    await writeFile(file, 'of an earlier attempt\n');
    const log = await openLogFile(file);
    expect(await log.tail(5)).toBe('');
    await log.append(Buffer.from('one\ntwo\nthr'));
    expect(await log.tail(2)).toBe('two\nthr');
    await log.append(Buffer.from('ee\n'));
    expect(await log.tail(9)).toBe('one\ntwo\nthree');
    await log.close();
    expect(await readFile(file, 'utf8')).toMatch(/^of an earlier attempt\none/);
  });

  it('never holds more than twice its bound, and its tail spans the two files', async () => {
    const file = path.join(dir, 'bounded.log');
    const log = await openLogFile(file, 1000);
    for (let line = 0; line < 500; line += 1) await log.append(Buffer.from(`line ${line}\n`));
    const sizes = await Promise.all([file, `${file}.1`].map(async (name) => (await stat(name)).size));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect((await log.tail(100)).split('\n')).toEqual(
      Array.from({ length: 100 }, (_, index) => `line ${400 + index}`),
    );
    await log.close();
  });
});
