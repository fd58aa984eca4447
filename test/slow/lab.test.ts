// JupyterLab in a real browser: a reader opens a notebook, runs it, sees figures, interrupts a loop. Screenshots of what
// they see are left in .ci/artefacts.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { packageRoot } from '../../src/engine/home.ts';
import { findChromium } from '../../src/figures/chromium.ts';

const ROOT = packageRoot();
const ARTEFACTS = join(ROOT, '.ci', 'artefacts');
const NAME = `__lab-${process.pid}`;

const RUN = 4, LOOP = 5, AFTER = 6;   // cells of this notebook
const CELLS = [
  `import { confusionFigure } from '../../src/figures/confusion.ts';
import { figure, liveCurves, progress, table } from '../../src/workbook/index.ts';
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));`,
  'figure(confusionFigure([[8, 2], [1, 9]], { labelNames: [\'weak\', \'strong\'] }));',
  'table([{ run: \'baseline\', uar: 0.5 }]);',
  `const bar = progress('working', { unit: 'steps' });
for (let done = 1; done <= 20; done++) { await sleep(200); bar.update({ done, total: 20 }); }`,
  `const live = liveCurves('a run');
for (let done = 1; done <= 24; done++) {
  await sleep(200);
  live.onStep({ epoch: 1, epochs: 1, done, total: 24, losses: { total: 2 / done, crossEntropy: 1, auxiliary: 0, intensityAware: 0 }, trainWar: done / 24, clipsPerSecond: 80 });
}
live.finish();`,
  'let turns = 0;\nfor (;;) { turns++; await sleep(10); }',
  'turns > 10',
];

const AGAIN = ['import { EXPRESSIONS } from \'../../src/labels.ts\';\nconst first = EXPRESSIONS[0];', 'const second = first.length;', 'second'];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

describe('JupyterLab', function () {
  this.timeout(180_000);
  const folder = join(ROOT, 'notebooks', NAME);
  let lab: ChildProcess, browser: Browser, page: Page, address: string;
  const foreign = new Set<string>();
  const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });

  function write(name: string, sources: readonly string[]): void {
    const cells = sources.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source }));
    writeFileSync(join(folder, name), JSON.stringify({ cells, metadata: { kernelspec: { name: 'workbook', display_name: 'Workbook (TypeScript)', language: 'typescript' } }, nbformat: 4, nbformat_minor: 5 }));
  }

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    mkdirSync(folder);
    write('page.ipynb', CELLS);
    write('again.ipynb', AGAIN);
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    lab = spawn(process.execPath, ['bin/lab.mjs', '--no-browser', `--ServerApp.port=${port}`, '--IdentityProvider.token=t'], { cwd: ROOT, stdio: 'ignore' });
    await waitFor(async () => (await fetch(`${address}/api?token=t`).catch(() => undefined))?.ok ?? false, 'the server answers');
    browser = await chromium.launch(await findChromium());
    page = await browser.newPage({ viewport: { width: 1250, height: 1000 } });
    page.on('request', (request) => { const { hostname, protocol, href } = new URL(request.url()); if (protocol.startsWith('http') && hostname !== '127.0.0.1') foreign.add(href); });
  });

  after(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => { if (lab) lab.on('exit', resolve); else resolve(undefined); });
    const again = setInterval(() => lab?.kill('SIGTERM'), 10_000);   // the second ends it at once
    lab?.kill('SIGTERM');
    await ended;
    clearInterval(again);
    rmSync(folder, { recursive: true, force: true });
  });

  const prompts = (): Promise<string[]> => page.locator('.jp-CodeCell .jp-InputPrompt').allTextContents();
  const isDone = async (cell: number): Promise<boolean> => /\[\d+\]/.test((await prompts())[cell] ?? '');
  const isRunning = async (cell: number): Promise<boolean> => ((await prompts())[cell] ?? '').includes('[*]');
  const menu = async (name: string, item: string): Promise<void> => {
    await page.click(`.lm-MenuBar-itemLabel:text-is("${name}")`);
    await page.click(`.lm-Menu-itemLabel:text-is("${item}")`);
  };

  /** Outputs of a cell, which is brought into view: JupyterLab draws what is seen. */
  const outputsOf = async (cell: number): Promise<Locator> => {
    await page.locator('.jp-CodeCell').nth(cell).evaluate((element) => element.scrollIntoView({ block: 'center' }));
    return page.locator('.jp-CodeCell').nth(cell).locator('.jp-OutputArea-output');
  };
  const open = async (name: string): Promise<void> => {
    await page.goto(`${address}/lab/tree/notebooks/${NAME}/${name}?reset&token=t`);
    await page.waitForSelector('.jp-Notebook .jp-CodeCell', { timeout: 60_000 });
    await page.locator('.jp-Notebook .jp-Cell').first().click();
  };

  const pressUntil = (key: string, check: () => Promise<boolean>, what: string): Promise<void> => waitFor(async () => {
    await page.keyboard.press(key);
    await page.waitForTimeout(1500);
    return check();
  }, what);

  it('opens on the workbook\'s index with its kernel', async () => {
    await page.goto(`${address}/?token=t`);
    await page.waitForURL(/lab\/tree\/notebooks\/index\.ipynb/);
    await page.waitForSelector('.jp-Notebook .jp-CodeCell', { timeout: 60_000 });
    await waitFor(async () => (await page.locator('.jp-KernelName').first().textContent())?.includes('Workbook (TypeScript)') ?? false, 'the kernel is selected');
    await shot('lab-index');
  });

  it('runs all cells; the progress bar moves in place', async () => {
    await open('page.ipynb');
    await menu('Run', 'Run All Cells');
    const text = (): Promise<string | null> => page.locator('.jp-CodeCell').nth(3).locator('.jp-OutputArea-output').first().textContent({ timeout: 5000 });
    const seen = new Set<string>();
    await waitFor(async () => { seen.add(await text().catch(() => '') ?? ''); return isDone(3); }, 'the bar ends');
    assert.ok(seen.size > 2, [...seen].join(' | '));
    assert.match(await text() ?? '', /working 20\/20 steps/);
    assert.equal(await page.locator('.jp-CodeCell').nth(3).locator('.jp-OutputArea-output').count(), 1);
  });

  it('draws loss and recall while a network trains, then the figure in the same place', async () => {
    const output = await outputsOf(RUN);
    const seen = new Set<string>();
    await waitFor(async () => {
      const drawing = output.locator('img[src^="data:image/svg"]').first();
      seen.add(await drawing.getAttribute('src', { timeout: 200 }).catch(() => '') ?? '');
      if (seen.size === 4) await shot('lab-training');
      return isDone(RUN);
    }, 'the training ends');
    assert.ok(seen.size > 3, `${seen.size} drawings`);
    await page.locator('.jp-CodeCell').nth(RUN).locator('.js-plotly-plot').waitFor({ timeout: 20_000 });
    assert.equal(await output.count(), 1);
  });

  it('draws the figure, which answers the mouse', async () => {
    await outputsOf(1);
    const plot = page.locator('.js-plotly-plot').first();
    await plot.waitFor({ timeout: 20_000 });
    const box = await plot.locator('.heatmaplayer').first().boundingBox();
    await page.mouse.move(box!.x + box!.width / 4, box!.y + box!.height / 4, { steps: 5 });
    await waitFor(async () => /true weak/.test(await page.locator('.hovertext').first().textContent({ timeout: 1000 }).catch(() => '') ?? ''), 'the cell under the mouse is explained');
    await shot('lab-figure');
  });

  it('interrupts a loop, and its variables stay', async () => {
    await waitFor(() => isRunning(LOOP), 'the loop runs');
    await page.waitForTimeout(500);
    await menu('Kernel', 'Interrupt Kernel');
    await waitFor(() => isDone(LOOP), 'the loop stops');
    await outputsOf(LOOP);
    await shot('lab-interrupted');
    assert.match(await page.locator('.jp-CodeCell').nth(LOOP).textContent() ?? '', /Interrupted/);
    await page.locator('.jp-CodeCell').nth(AFTER).locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    await waitFor(() => isDone(AFTER), 'the next cell runs');
    assert.match(await page.locator('.jp-CodeCell').nth(AFTER).locator('.jp-OutputArea').textContent() ?? '', /true/);
  });

  it('completes and documents the project\'s functions', async () => {
    const cell = page.locator('.jp-CodeCell').nth(AFTER).locator('.cm-content');
    await cell.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('confusionFig');
    // JupyterLab waits a second for an answer: on a busy machine a reader presses again
    await pressUntil('Tab', async () => (await cell.textContent() ?? '').startsWith('confusionFigure'), 'the only name is put in');
    await pressUntil('Shift+Tab', async () => /function confusionFigure\(/.test(await page.locator('.jp-Tooltip').textContent({ timeout: 500 }).catch(() => '') ?? ''), 'its documentation is shown');
    await shot('lab-help');
    await page.keyboard.press('Escape');
  });

  it('restarts the kernel and runs all cells, clean and counted from 1', async () => {
    await open('again.ipynb');
    for (let turn = 0; turn < 2; turn++) {
      await menu('Run', 'Restart Kernel and Run All Cells…');
      await page.locator('.jp-Dialog .jp-mod-warn').click();
      await waitFor(async () => (await prompts()).join() === '[1]:,[2]:,[3]:', 'all cells have run');
      await page.locator('.jp-Notebook .jp-Cell').first().click();
    }
    assert.match(await page.locator('.jp-CodeCell').nth(2).locator('.jp-OutputArea').textContent() ?? '', /9/);
  });

  it('asks nothing of other hosts', () => { assert.deepEqual([...foreign], []); });
});

async function waitFor(check: () => Promise<boolean>, what: string, seconds = 90): Promise<void> {
  const end = Date.now() + 1000 * seconds;
  while (!await check()) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}
