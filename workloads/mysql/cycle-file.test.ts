import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycleFileName, openCycleLog } from './agent/cycle-log.ts';
import { cycleFileBytes, emptyCycle, readCycles, type Cycle } from './cycle-file.ts';

function copyOf(cycle: Cycle) {
  return { ...cycle, peerNs: [...cycle.peerNs] };
}

describe('the cycles of an agent', () => {
  it('come back as they were recorded, over as many files as they need', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'strata cycles-'));
    try {
      const log = openCycleLog(dir, 3);
      const cycle = emptyCycle(3);
      const recorded: ReturnType<typeof copyOf>[] = [];
      for (let sequence = 0; sequence < 120_000; sequence += 1) {
        const delivers = sequence % 10 === 9;
        Object.assign(cycle, {
          lane: sequence % 64,
          phase: sequence < 100 ? 0 : 1,
          status: delivers ? 502 : 200,
        });
        Object.assign(cycle, {
          attempts: 1 + (sequence % 3),
          sequence,
          bytes: sequence * 7,
          startNs: sequence * 1e3,
        });
        Object.assign(cycle, {
          doneNs: sequence * 1e3 + 0.5,
          localInsertNs: 12.25,
          operation: delivers ? 1 : 0,
        });
        Object.assign(cycle, { intendedNs: sequence % 2 === 0 ? NaN : sequence * 999 });
        Object.assign(cycle, { deliveryNs: delivers ? 77 : NaN, deliveredRows: delivers ? 20 : NaN });
        Object.assign(cycle, { lagNs: delivers && sequence % 20 === 9 ? 4e9 : NaN });
        cycle.peerNs.set(delivers ? [NaN, sequence, 3] : [NaN, NaN, NaN]);
        log.record(cycle);
        recorded.push(copyOf(cycle));
      }
      const files = await log.close();
      expect(files).toBe(2);
      const read: ReturnType<typeof copyOf>[] = [];
      for (let index = 0; index < files; index += 1) {
        const content = await readFile(cycleFileName(dir, index));
        expect(content.length).toBeLessThanOrEqual(cycleFileBytes);
        readCycles(content, 3, (one) => read.push(copyOf(one)));
      }
      expect(read).toEqual(recorded);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('that cannot be written are missed when the log is closed', async () => {
    const log = openCycleLog('/nowhere/at/all', 1);
    log.record(emptyCycle(1));
    await expect(log.close()).rejects.toThrow('ENOENT');
  });
});
