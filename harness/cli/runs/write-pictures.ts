/** `report/*.png`: every chart of the page as a picture. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chart } from '../../../analysis/report/chart.ts';
import { chartPng } from '../../../analysis/report/drawing/png.ts';
import { writeWhole } from '../../../results/store/durable.ts';

/** Pictures of an earlier report go: a chart that is no more must not be taken for one. */
export async function writePictures(directory: string, charts: readonly Chart[]): Promise<void> {
  const earlier = (await readdir(directory)).filter((name) => name.endsWith('.png'));
  await Promise.all(earlier.map((name) => rm(join(directory, name), { force: true })));
  for (const chart of charts)
    await writeWhole(join(directory, `${fileName(chart.id)}.png`), await chartPng(chart));
}

/** Ids hold names of the experiment; a file must stay in its directory. */
function fileName(id: string): string {
  return id.replaceAll(/[^\w.-]+/g, '-').slice(0, 120);
}
