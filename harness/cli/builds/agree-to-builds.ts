/** Says what a run will build first, and asks where there is somebody to ask. */
import { cacheDir } from '../../../environments/image/cache.ts';
import { StrataError } from '../../foundation/errors.ts';
import { wrapped } from '../summary/text-layout.ts';
import { costText, type PendingBuild } from './pending-builds.ts';

export interface Agreement {
  /** `--yes`: nothing is asked. */
  readonly isAgreed: boolean;
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly say: (line: string) => void;
  readonly ask: (text: string) => Promise<boolean>;
}

/** @throws StrataError E383 when the user does not want it. */
export async function agreeToBuilds(pending: readonly PendingBuild[], agreement: Agreement): Promise<void> {
  if (pending.length === 0) return;
  agreement.say('Not on this machine yet, and built once before the first trial:');
  for (const { what, cost } of pending)
    agreement.say(`  ${wrapped(`${what}: ${costText(cost)}`, agreement.columns - 2, '    ')}`);
  agreement.say(`Kept in ${cacheDir()} for later runs.`);
  if (agreement.isAgreed || !agreement.isInteractive) return;
  if (await agreement.ask('Build it now?')) return;
  throw new StrataError({
    code: 'STRATA-E383',
    message: `the run needs what was not to be built: ${pending.map(({ what }) => what).join(', ')}`,
    fix: 'run again and agree, or with --yes; npm run bench without --env needs nothing of it',
  });
}
