/**
 * Another harness, for tests: makes or takes the template in the cache directory it is given, wakes a clone of it and
 * asks it something. Tells each thing that happens as a line of JSON.
 */
import { openMachineBench } from './machine.fixture.ts';

const [cacheDir, runId] = process.argv.slice(2);
if (cacheDir === undefined || runId === undefined)
  throw new Error('usage: template-process CACHE-DIR RUN-ID');

const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

await using bench = await openMachineBench({ cacheDir, runId });
const { key, isNew } = await bench.template({ say: (said) => tell({ said }) });
const answers = await wakesAndAnswers();
tell({ key, isNew, answers });

async function wakesAndAnswers(): Promise<boolean> {
  await using clone = await bench.wake(await bench.template());
  const { bootNs } = await clone.machine.guest.request([]);
  return bootNs > 0;
}
