/** The page in a real browser: no error, no request, charts drawn, the table says what the model says. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measured } from './numbers.ts';
import { readChartLibrary, renderHtml } from './render-html.ts';
import { sampleReport } from './report.fixture.ts';

// Run inside the page, where there are types of another world.
const opaqueColors = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
  }
  return [...seen];
})`;
const cellFigures = `[...document.querySelectorAll('#cells tbody tr')].map((row) =>
  [...row.querySelectorAll('td.number')].map((cell) => cell.firstChild.textContent.trim()))`;
const chartFigures = `[...document.querySelectorAll('figure:first-child details td.number')].map((cell) => cell.textContent)`;

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const isRequired = process.env['CI'] === 'true';
const reason =
  executablePath === undefined && !isRequired
    ? ' (skipped: the Debian package chromium is not installed)'
    : '';

describe.skipIf(reason !== '')(`the report in a browser${reason}`, () => {
  const model = sampleReport();
  let browser: Browser;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'strata-report-'));
    await writeFile(join(directory, 'index.html'), renderHtml(model, await readChartLibrary()));
    browser = await chromium.launch({ executablePath: executablePath ?? 'chromium', args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function opened(
    options: Parameters<Browser['newPage']>[0],
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    await page.goto(pathToFileURL(join(directory, 'index.html')).href);
    await look(page);
    expect(complaints).toEqual([]);
    await page.close();
  }

  it.each(['light', 'dark'] as const)('draws every chart, in %s', async (colorScheme) => {
    await opened({ colorScheme }, async (page) => {
      const colors = await page.evaluate<number[][]>(opaqueColors);
      expect(colors).toHaveLength(3);
      // The first two colours of the palette: lines and points of the first two series.
      for (const seen of colors) expect(seen).toEqual(expect.arrayContaining([0x0072b2, 0xd55e00]));
    });
  });

  it('has in its table what the model has', async () => {
    await opened({}, async (page) => {
      const rows = await page.evaluate<string[][]>(cellFigures);
      const expected = model.cells.map(({ metrics }) => [
        measured(metrics?.throughputPerS.mean ?? null),
        ...(['mean', 'p50', 'p95', 'p99', 'max'] as const).map((name) =>
          measured(metrics?.latencyMs[name]?.mean ?? null),
        ),
      ]);
      expect(rows).toEqual(expected);
    });
  });

  it('has in the tables beside the charts what the charts show', async () => {
    await opened({}, async (page) => {
      const numbers = await page.evaluate<string[]>(chartFigures);
      expect([...numbers].sort()).toEqual(
        model.cells.map(({ metrics }) => measured(metrics?.throughputPerS.mean ?? null)).sort(),
      );
    });
  });

  it('is no wider than a telephone', async () => {
    await opened({ viewport: { width: 390, height: 844 } }, async (page) => {
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    });
  });
});
