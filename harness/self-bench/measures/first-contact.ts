/** How long a newcomer waits: a fresh clone, `npm ci` on a warm cache, `npm run bench`, until the summary is there. */
import { join } from 'node:path';
import { execa } from 'execa';
import type { Measure } from '../ratio.ts';

export const firstContact: Measure = {
  id: 'first-contact-s',
  target: 60,
  direction: 'max',
  unit: 's',
  what: 'git clone, then npm ci && npm run bench, wall time of the two commands',
  async measure({ scratchDir, signal }) {
    const clone = join(scratchDir, 'clone');
    const checkout = join(import.meta.dirname, '..', '..', '..');
    await execa('git', ['clone', '--quiet', checkout, clone], { cancelSignal: signal });
    const startedMs = performance.now();
    await execa('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: clone,
      cancelSignal: signal,
    });
    const installedMs = performance.now();
    await execa('npm', ['run', 'bench'], { cwd: clone, cancelSignal: signal });
    const endedMs = performance.now();
    const seconds = (ms: number) => ms / 1000;
    return {
      value: seconds(endedMs - startedMs),
      detail: `npm ci ${seconds(installedMs - startedMs).toFixed(1)} s, npm run bench ${seconds(endedMs - installedMs).toFixed(1)} s`,
    };
  },
};
