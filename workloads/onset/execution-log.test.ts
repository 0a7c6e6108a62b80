import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { noOperation } from '../linearizability/log-replay.ts';
import { openExecutionLog, readExecutionLog } from './execution-log.ts';

const directory = mkdtempSync(join(tmpdir(), 'execution log é-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('the execution log', () => {
  it('reads back what was appended, over more than one buffer, with orders from 1', () => {
    const path = join(directory, 'log');
    const count = 10_000;
    {
      using log = openExecutionLog(path);
      for (let index = 0; index < count; index += 1) log.append(index % 64, index, index % 3);
      log.append(0xffff_ffff, 0xffff_ffff, noOperation);
    }
    const entries = [...readExecutionLog(readFileSync(path))];
    expect(entries).toHaveLength(count + 1);
    expect(entries[4096]).toEqual({ order: 4097, client: 0, sequence: 4096, operation: 1 });
    expect(entries.at(-1)).toEqual({
      order: count + 1,
      client: 0xffff_ffff,
      sequence: 0xffff_ffff,
      operation: noOperation,
    });
  });

  it('shows what was flushed while still open', () => {
    const path = join(directory, 'open');
    using log = openExecutionLog(path);
    log.append(1, 2, 0);
    expect([...readExecutionLog(readFileSync(path))]).toEqual([]);
    log.flush();
    expect([...readExecutionLog(readFileSync(path))]).toEqual([
      { order: 1, client: 1, sequence: 2, operation: 0 },
    ]);
  });

  it('refuses a log that ends within an entry', () => {
    expect(() => [...readExecutionLog(new Uint8Array(10))]).toThrow('ends within an entry');
  });
});
