import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('records, stores and sorts 20 million samples of one trial in less than 512 MB', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'strata-memory-'));
  try {
    const script = join(import.meta.dirname, 'twenty-million.fixture.ts');
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, dir, '20000000'], {
      timeout: 280_000,
    });
    const figures = JSON.parse(stdout) as Record<string, number>;
    expect(figures).toMatchObject({ rowCount: 20_000_000, rowsRead: 20_000_000 });
    expect(figures['maxRssBytes']).toBeLessThan(512 * 1024 * 1024);
    expect(figures['maxRssBytes']).toBeGreaterThan(50 * 1024 * 1024);
    expect(await readdir(dir), 'nothing but the two files is left').toEqual(['t0001.parquet', 't0001.spool']);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}, 300_000);
