/**
 * `noise-floor.json` beside the run directories: how far two copies of the same cell lay apart on this machine, from
 * its A/A runs. Derived from them and kept so that every later report can say it without reading them again.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { environmentNames } from '../../harness/foundation/cell.ts';
import { precisionMetrics } from '../../harness/foundation/stopping.ts';
import { acceleratorsOf } from './accelerator.ts';
import { writeWhole } from './durable.ts';
import type { Manifest } from './records.ts';

const floorSchema = z.object({
  runId: z.string(),
  startedAtIso: z.string(),
  machine: z
    .string()
    .describe('CPU model, cores and, where machines were emulated or virtual, the accelerator'),
  env: z.enum(environmentNames),
  cellKey: z.string().describe('Without the label'),
  metric: z.enum(precisionMetrics),
  floors: z.array(z.object({ trials: z.int().positive(), ratio: z.number().min(1) })),
});
const fileSchema = z.object({ schemaVersion: z.literal(1), floors: z.array(floorSchema) });

/** Of one figure of one cell in one A/A run. */
export type NoiseFloor = z.infer<typeof floorSchema>;

const fileIn = (baseDir: string) => join(baseDir, 'noise-floor.json');

/** What figures of an environment of this run may be held against: floors of the same machine only. */
export function machineOf({ host, environments }: Manifest, env: string): string {
  const accelerator = acceleratorsOf({ environments }).get(env);
  const place = `${host.cpuModel}, ${host.cpuCount} cores`;
  return accelerator === undefined ? place : `${place}, ${accelerator.kind} ${accelerator.cpuModel}`;
}

/** Empty where there is no such file, or none that can be read: it can be made again from the A/A runs. */
export async function readNoiseFloors(baseDir: string): Promise<readonly NoiseFloor[]> {
  const text = await readFile(fileIn(baseDir), 'utf8').catch(() => '');
  try {
    return fileSchema.parse(JSON.parse(text)).floors;
  } catch {
    return [];
  }
}

/** Adds the floors of a run in the place of those it had. @throws StrataError E360–E362 */
export async function storeNoiseFloors(
  baseDir: string,
  runId: string,
  floors: readonly NoiseFloor[],
): Promise<void> {
  const others = (await readNoiseFloors(baseDir)).filter((floor) => floor.runId !== runId);
  const document = { schemaVersion: 1, floors: [...others, ...floors] };
  await writeWhole(fileIn(baseDir), `${JSON.stringify(document, null, 2)}\n`);
}

/**
 * The floor that a difference of `trials` trials a cell must exceed to be believed: of the latest A/A run of that
 * machine and environment the largest over its cells, for the largest number of trials that is not more than asked
 * for. null when there is none.
 */
export function floorFor(
  known: readonly NoiseFloor[],
  {
    machine,
    env,
    metric,
    trials,
  }: Pick<NoiseFloor, 'machine' | 'env' | 'metric'> & { readonly trials: number },
): { readonly ratio: number; readonly trials: number; readonly runId: string } | null {
  const here = known.filter(
    (floor) => floor.machine === machine && floor.env === env && floor.metric === metric,
  );
  const [latest] = here.map(({ runId }) => runId).sort((a, b) => (a < b ? 1 : -1));
  const fitting = here
    .filter(({ runId }) => runId === latest)
    .flatMap(({ floors }) => floors.filter((floor) => floor.trials <= trials).slice(-1));
  const [first, ...rest] = fitting;
  if (first === undefined || latest === undefined) return null;
  const widest = rest.reduce(
    (widestYet, floor) => (floor.ratio > widestYet.ratio ? floor : widestYet),
    first,
  );
  return { ...widest, runId: latest };
}
