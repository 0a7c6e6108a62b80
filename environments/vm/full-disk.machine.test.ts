/** A host whose disk fills up under machines: a harness in mounts of its own, where the temporary directory is small. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { forgetDeadRun } from '../live-runs.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { makeSharedDirectory } from '../shared-directory.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;
const isRoot = process.getuid?.() === 0;
const whyNot = unavailable?.message ?? (isRoot ? null : 'only root may mount and have taps at once');

/** That the run is alive must stay known to all others on this host. */
const onSmallDisk = `set -e
mount -t tmpfs -o size=24m small /var/tmp
for name in strata-live strata-ports; do ln -s "$1/$name" "/var/tmp/$name"; done
shift
exec "$@"`;

describe.skipIf(whyNot !== null)(
  `a full disk under machines${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
  () => {
    it('fails what writes to it with the cause, and no more; nothing is left', async () => {
      const runId = `full-${randomBytes(4).toString('hex')}`;
      const logDir = await mkdtemp(path.join(tmpdir(), 'full disk logs '));
      for (const name of ['strata-live', 'strata-ports'])
        await makeSharedDirectory(path.join(tmpdir(), name));
      try {
        const program = fileURLToPath(new URL('./small-disk-process.fixture.ts', import.meta.url));
        const harness = [process.execPath, '--import', 'tsx', program, runId, logDir];
        const { stdout } = await execa(
          'unshare',
          ['--mount', 'sh', '-c', onSmallDisk, 'sh', tmpdir(), ...harness],
          { env: { TMPDIR: '/var/tmp', TSX_DISABLE_CACHE: '1' }, timeout: 540_000 },
        );
        const { overfull, noRoom, left } = JSON.parse(stdout) as Record<string, unknown>;
        const full = {
          code: 'STRATA-E445',
          causes: [
            expect.stringMatching(/-a could not write its disk disk0: No space left on device$/) as string,
          ],
          fix: expect.stringMatching(/free space where the disks of the machines are/) as string,
        };
        expect(overfull).toMatchObject({ written: full, failed: full, other: 'b\n' });
        expect(noRoom).toMatchObject({ code: 'STRATA-E443', isClean: true });
        expect((noRoom as { causes: string[] }).causes.join('\n')).toMatch(/No space left on device/);
        expect(left).toEqual({ remnants: [], files: [] });
      } finally {
        await rm(logDir, { recursive: true });
        await forgetDeadRun(runId);
      }
      expect(await allMachineRemnants(runId)).toEqual([]);
    });
  },
);
