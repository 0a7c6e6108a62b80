/**
 * The load generator's side of its own process: takes one plan, drives it, spools the samples, reports and ends.
 * A workload's entry file is `await serveDriver(() => myCodec)` and nothing else, bundled into one file.
 */
import { deferred } from '../../harness/foundation/deferred.ts';
import { toldError } from '../../harness/foundation/told-error.ts';
import { openSpool } from '../../results/sample/spool.ts';
import type { DriveOutcome } from '../workload.ts';
import { driveHttpLoad } from './drive.ts';
import type { DriveOrder, DriverReport } from './driver-messages.ts';
import type { HttpLoadPlan, RequestCodec } from './plan.ts';

/** Serves the one order its parent sends. The process ends with the parent, whatever it is doing. */
export async function serveDriver(makeCodec: (plan: HttpLoadPlan) => RequestCodec): Promise<void> {
  process.once('disconnect', () => process.exit(1));
  const ordered = deferred<DriveOrder>();
  process.once('message', (order) => ordered.resolve(order as DriveOrder));
  await report({ kind: 'ready' });
  const { plan } = await ordered.promise;
  try {
    const outcome = await driveIntoSpool(plan, makeCodec(plan));
    await report({ kind: 'outcome', outcome });
  } catch (error) {
    await report({ kind: 'failed', failure: toldError(error) });
  }
  process.exit(0);
}

async function driveIntoSpool(plan: HttpLoadPlan, codec: RequestCodec): Promise<DriveOutcome> {
  await using recorder = await openSpool(plan.spoolPath, plan.sampleColumns);
  const outcome = await driveHttpLoad({
    plan,
    codec,
    recorder,
    onMeasureStart: () => process.send?.({ kind: 'measure-start' } satisfies DriverReport),
    signal: new AbortController().signal,
  });
  await recorder.close();
  return outcome;
}

/** Resolves when the message is with the parent. */
function report(message: DriverReport): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) {
      reject(new Error('the load generator was started without a parent to report to'));
      return;
    }
    process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}
