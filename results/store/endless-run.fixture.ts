/**
 * Run as a process of its own by full-disk.integration.test.ts: stores one record after the other, saying so after
 * each, until something stops it. Argument: directory.
 */
import { StrataError } from '../../harness/foundation/errors.ts';
import { plannedTrial, sampleManifest, trialRecord } from './records.fixture.ts';
import { createRunDir } from './run-dir.ts';

// Left alone, the kernel's answer to a file that grows too large is a signal that kills.
process.on('SIGXFSZ', () => undefined);

await using run = await createRunDir(process.argv[2] ?? '.', sampleManifest(1));
const text = 'x'.repeat(3000);
try {
  for (let attempt = 1; attempt < 5000; attempt += 1) {
    await run.appendTrial(trialRecord(plannedTrial(0), { attempt, invalid: [text] }));
    process.stdout.write(`stored ${attempt}\n`);
  }
} catch (error) {
  if (!(error instanceof StrataError)) throw error;
  process.stdout.write(`${error.code} ${error.message}: ${String(error.cause)}\n`);
}
