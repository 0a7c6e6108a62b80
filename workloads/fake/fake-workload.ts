/**
 * A workload that drives nothing and does as it is told: it spools the samples it is asked for and verifies as
 * scripted. For tests of whoever runs workloads; the nodes it is given are not touched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openSpool } from '../../results/sample/spool.ts';
import type { DriveContext, DriveOutcome, StallReport, Verification, Workload } from '../workload.ts';

/** What is to happen, by trial id; a trial that is not named goes well. */
export interface FakeWorkloadScript {
  readonly prepareFails?: Readonly<Record<string, Error>>;
  readonly driveFails?: Readonly<Record<string, Error>>;
  readonly stalls?: Readonly<Record<string, StallReport>>;
  readonly verdicts?: Readonly<Record<string, boolean | null>>;
  readonly eventLoopUtilization?: number;
  /** Every drive takes this long, or until its signal aborts. */
  readonly driveTakesMs?: number;
  /** Called when a trial's measurement starts. */
  readonly onDrive?: (trialId: string) => void;
}

const latencyNs = 1_000_000;

export function createFakeWorkload(script: FakeWorkloadScript = {}): Workload {
  return {
    name: 'fake',
    description: 'does as it is told',
    operations: ['nothing'],
    sampleColumns: [],
    check: () => [],
    topology: (cell) =>
      Array.from({ length: cell.replicas }, (_unused, index) => ({
        name: `replica-${index + 1}`,
        storage: 'disk',
      })),
    prepare({ trialId, cell }) {
      const failure = script.prepareFails?.[trialId];
      if (failure !== undefined) return Promise.reject(failure);
      return Promise.resolve({
        drive: (context) => drive(script, trialId, cell.clients * cell.requests, context),
        verify: () => Promise.resolve(verification(script.verdicts?.[trialId])),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
}

async function drive(
  script: FakeWorkloadScript,
  trialId: string,
  count: number,
  { spoolPath, onMeasureStart, signal }: DriveContext,
): Promise<DriveOutcome> {
  onMeasureStart();
  script.onDrive?.(trialId);
  await sleep(script.driveTakesMs ?? 0, undefined, { signal });
  const failure = script.driveFails?.[trialId];
  if (failure !== undefined) throw failure;
  await using spool = await openSpool(spoolPath, []);
  for (let sequence = 0; sequence < count; sequence += 1) {
    const sendNs = sequence * 2 * latencyNs;
    spool.record({
      ...{ client: 0, sequence, replica: 0, operation: 0, phase: 1, intendedNs: undefined },
      ...{ sendNs, doneNs: sendNs + latencyNs, status: 200, bytes: 1, attempts: 1, extra: [] },
    });
  }
  await spool.close();
  return {
    epochHrtimeNs: process.hrtime.bigint(),
    epochIso: new Date().toISOString(),
    measureStartNs: 0,
    measureEndNs: count * 2 * latencyNs,
    acknowledged: count,
    unanswered: 0,
    resent: 0,
    driver: {
      eventLoopUtilization: script.eventLoopUtilization ?? 0.1,
      ...{ gcCount: 0, gcTotalMs: 0, gcMaxMs: 0, cpuMs: 1, maxRssBytes: 1, neverSent: 0 },
    },
    stall: script.stalls?.[trialId] ?? null,
  };
}

function verification(correct: boolean | null = true): Verification {
  const statement = correct === null ? 'not checked' : correct ? 'all equal' : 'one is not equal';
  return { correct, statement, problems: correct === true ? [] : [statement], facts: {}, annotations: [] };
}
