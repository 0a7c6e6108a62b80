/** The page in a real browser: no error, no request, charts drawn, the table says what the model says. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageScript } from './drawing/page-bundle.ts';
import { measured } from './numbers.ts';
import { pageCharts } from './page-sections.ts';
import { renderHtml } from './render-html.ts';
import { sampleReport } from './report.fixture.ts';

// Run inside the page, where there are types of another world.
const coloredPixels = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let colored = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [red, green, blue, alpha] = data.subarray(at, at + 4);
    if (alpha > 60 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) colored += 1;
  }
  return [canvas.id, colored];
})`;
const showEverything = `document.querySelectorAll('[hidden]').forEach((variant) => { variant.hidden = false; })`;
const cellFigures = `[...document.querySelectorAll('#cells tbody tr')].map((row) =>
  [...row.querySelectorAll('td.number')].map((cell) => cell.firstChild.textContent.trim()))`;
const chartFigures = `[...document.querySelectorAll('#figure-throughput-by-clients details td.number')].map(
  (cell) => cell.firstChild.textContent.trim())`;

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const browserArguments = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
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
    await writeFile(join(directory, 'index.html'), renderHtml(model, await pageScript()));
    browser = await chromium.launch({ executablePath: executablePath ?? 'chromium', args: browserArguments });
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
      await page.evaluate(showEverything);
      await page.waitForTimeout(500);
      const charts = await page.evaluate<[string, number][]>(coloredPixels);
      expect(charts.map(([id]) => id)).toEqual(pageCharts(model).map(({ id }) => `chart-${id}`));
      expect(charts.filter(([, colored]) => colored < 40)).toEqual([]);
    });
  });

  it('shows one choice at a time, chosen by keyboard', async () => {
    await opened({}, async (page) => {
      const shown = () => page.locator('[data-variant="inside"]:not([hidden]) h3').count();
      const all = await page.locator('[data-variant="inside"]').count();
      expect(all).toBe(2);
      const before = await shown();
      await page.locator('select[data-variants="inside"]').focus();
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('[data-variant="inside"]').nth(1).isVisible()).toBe(true);
      expect(await shown()).toBe(before);
    });
  });

  it('enlarges the stretch that is dragged across, and shows all again at a double click', async () => {
    await opened({}, async (page) => {
      const first = '[data-variant="inside"]:not([hidden]) canvas';
      const canvas = page.locator(first).first();
      await canvas.scrollIntoViewIfNeeded();
      const picture = () => page.evaluate<string>(`document.querySelector('${first}').toDataURL()`);
      const box = await canvas.boundingBox();
      if (box === null) throw new Error('the canvas is not on the page');
      const [middle, height] = [box.x + box.width / 2, box.y + box.height / 3];
      const whole = await picture();
      await page.mouse.move(middle - 60, height);
      await page.mouse.down();
      await page.mouse.move(middle + 60, height, { steps: 4 });
      await page.mouse.up();
      await page.mouse.move(0, 0);
      await expect.poll(picture).not.toBe(whole);
      await canvas.dblclick();
      await page.mouse.move(0, 0);
      await expect.poll(picture).toBe(whole);
    });
  });

  it.each(['light', 'dark'] as const)('has no violation that axe knows, in %s', async (colorScheme) => {
    await opened({ colorScheme }, async (page) => {
      await page.evaluate(
        await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'),
      );
      const violations = await page.evaluate<string[]>(
        `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`,
      );
      expect(violations).toEqual([]);
    });
  });

  it('is printed in light, with its tables unfolded', async () => {
    await opened({ colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe('rgb(255, 255, 255)');
      expect(await page.locator('figure details table').first().isVisible()).toBe(true);
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
