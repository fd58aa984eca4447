// The explorer in a real browser, offline, from disk: everything its reader does, once. Screenshots of what they see are
// left in .ci/artefacts, frame rates are printed.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { readDataset } from '../../src/data/dataset.ts';
import { readList } from '../../src/data/list.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { packageRoot } from '../../src/engine/home.ts';
import { writeExplorer } from '../../src/explorer/build.ts';
import { pageCode, pageHtml } from '../../src/explorer/html.ts';
import type { Model } from '../../src/explorer/page/model.ts';
import type { Store } from '../../src/explorer/page/state.ts';
import type { PageData } from '../../src/explorer/types.ts';
import { findChromium } from '../../src/figures/chromium.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { manyClips, writeFakeRun } from '../explorer/runs.ts';
import { manyPoints } from '../explorer/points.ts';

declare global { var explorer: { model: Model; store: Store; maps: { draw(): void }[] } }

const ARTEFACTS = join(packageRoot(), '.ci', 'artefacts');
const EVIL = '<img src=x onerror=document.title=1><b>';

describe('the explorer', function () {
  this.timeout(120_000);
  let dir: string, browser: Browser, context: BrowserContext, page: Page, one: string, two: string;
  const problems: string[] = [], requests: string[] = [];
  const shot = (name: string): Promise<unknown> => page.screenshot({ path: join(ARTEFACTS, `explorer-${name}.png`) });

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    dir = mkdtempSync(join(tmpdir(), 'ial-explorer-'));
    const root = join(dir, 'data');
    await renderSynthetic({ root, layout: 'dfew', trainClips: 16, testClips: 48, size: 48, seed: 3 });
    const { test, fingerprint } = await readDataset({ name: 'dfew', root, fold: 1 });
    const clips = { ids: test.map(({ id }) => id), labels: test.map(({ label }) => label), root, fingerprint };
    await writeFakeRun(join(dir, 'base'), { ...clips, spread: 0.6 });
    await writeFakeRun(join(dir, 'gca-ial'), { ...clips, seed: 2, spread: 1.5 });
    [one, two] = [join(dir, 'one.html'), join(dir, 'two.html')];
    await writeExplorer([join(dir, 'gca-ial')], one);
    await writeExplorer([join(dir, 'base'), join(dir, 'gca-ial')], two);
    browser = await chromium.launch(await findChromium());
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, offline: true, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') problems.push(message.text()); });
    page.on('request', (request) => { if (/^https?:|^wss?:/.test(request.url())) requests.push(request.url()); });
  });

  after(async () => {
    await browser?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = async (file: string, hash = ''): Promise<void> => {
    await page.goto('about:blank');
    await page.goto(`${pathToFileURL(file).href}${hash && `#${hash}`}`);
    await page.waitForFunction(() => globalThis.explorer !== undefined, undefined, { polling: 100 }).catch(() => page.waitForSelector('.panel.intensity'));
  };
  /** Where a clip is on a map, in pixels of the window. */
  const placeOf = (clip: number, map = 0): Promise<{ x: number; y: number }> => page.evaluate(([index, which]) => {
    const { model, store } = globalThis.explorer, { camera, epochs } = store.get(), { positions } = model.runs[which!]!.snapshots[epochs[which!]!]!;
    const { left, top, width, height } = document.querySelectorAll('.map')[which!]!.getBoundingClientRect(), unit = 0.46 * Math.min(width, height) * camera.zoom;
    return { x: left + width / 2 + (positions[2 * index!]! - camera.x) * unit, y: top + height / 2 - (positions[2 * index! + 1]! - camera.y) * unit };
  }, [clip, map]);
  const state = (): Promise<ReturnType<Store['get']>> => page.evaluate(() => globalThis.explorer.store.get());
  /** Draws around everything in the left half of the map. */
  const drag = async (points: readonly (readonly [number, number])[], key?: 'Shift' | 'Control'): Promise<void> => {
    const box = (await page.locator('.map').first().boundingBox())!;
    const at = ([x, y]: readonly [number, number]): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    if (key) await page.keyboard.down(key);
    await page.mouse.move(...at(points[0]!));
    await page.mouse.down();
    for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
    if (key) await page.keyboard.up(key);
  };
  /** A picture of the map alone, as text to compare. */
  const picture = async (map = 0): Promise<string> => { await page.waitForTimeout(80); return (await page.locator('.map').nth(map).screenshot()).toString('base64'); };
  const text = async (selector: string): Promise<string> => await page.locator(selector).first().textContent() ?? '';

  it('opens from disk with the clips drawn, and says what it shows', async () => {
    await open(one);
    assert.match(await text('header'), /gca-ial.*layout of DFEW, test split, fold 1, 48 clips.*synthetic benchmark/s);
    assert.match(await text('.made'), /UMAP of the features as they are, seed 1\. Places .* are a picture/);
    const before = await picture();
    await page.evaluate(() => { globalThis.explorer.store.set({ camera: { x: 9, y: 9, zoom: 1 } }); });
    assert.notEqual(await picture(), before, 'nothing was drawn');
    await shot('one');
  });

  it('draws again after the browser took WebGL away', async () => {
    await open(one);
    const before = await picture();
    const turn = (to: 'loseContext' | 'restoreContext'): Promise<void> => page.evaluate((what) => new Promise<void>((resolve) => {
      const canvas = document.querySelector('canvas')!, held = globalThis as { lost?: WEBGL_lose_context };
      held.lost ??= canvas.getContext('webgl2')!.getExtension('WEBGL_lose_context')!;
      canvas.addEventListener(what === 'loseContext' ? 'webglcontextlost' : 'webglcontextrestored', () => { resolve(); }, { once: true });
      held.lost[what]();
    }), to);
    await turn('loseContext');
    await page.evaluate(() => { globalThis.explorer.maps[0]!.draw(); });
    assert.notEqual(await picture(), before, 'nothing was lost');
    await turn('restoreContext');
    assert.equal(await picture(), before);
  });

  it('says that the map needs WebGL 2 where there is none, and the panels work', async () => {
    const poor = await context.newPage();
    const errors: string[] = [];
    poor.on('pageerror', (error) => errors.push(error.message));
    await poor.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
    await poor.goto(pathToFileURL(one).href);
    await poor.waitForSelector('.panel.intensity');
    assert.match(await poor.locator('.map .missing').textContent() ?? '', /draws no WebGL 2.*panels beside it work/);
    await poor.locator('.matrix thead button').first().click();
    assert.match(await poor.locator('.panel.confusion').textContent() ?? '', /The clips chosen/);
    await poor.screenshot({ path: join(ARTEFACTS, 'explorer-no-webgl.png') });
    await poor.close();
    assert.deepEqual(errors, []);
  });

  it('shows frames, intensity, label, prediction, probabilities, rival and margin of the clip under the mouse', async () => {
    await open(one);
    const { x, y } = await placeOf(5);
    await page.mouse.move(x, y);
    const clip = Number(await page.locator('.hover').getAttribute('data-clip'));
    const [id, probabilities] = await page.evaluate((index) => { const { model } = globalThis.explorer; return [model.page.ids[index]!, Array.from(model.runs[0]!.snapshots[0]!.probabilities.subarray(7 * index, 7 * index + 7))] as const; }, clip);
    const card = await text('.hover');
    assert.ok(card.includes(id), card);
    assert.match(card, /(found|taken for).*strongest rival \w+, margin −?[\d.]+ logits, true peak intensity \d\.\d\d/s);
    for (const share of probabilities) assert.ok(card.includes(`${(100 * share).toFixed(0)} %`), `${share} in ${card}`);
    assert.equal(await page.locator('.hover .curve polyline').count(), 1);
    const image = await page.locator('.hover .frames').evaluate(async (element: HTMLImageElement) => { await element.decode(); return [element.naturalWidth, element.naturalHeight]; });
    assert.deepEqual(image, [640, 80]);
    await shot('hover');
    await page.mouse.move(2, 2);
    await page.locator('.hover').waitFor({ state: 'hidden' });
  });

  it('a click lists the nearest in feature space, with distances and whether the label agrees', async () => {
    await open(one);
    const { x, y } = await placeOf(7);
    await page.mouse.click(x, y);
    const { pinned } = await state();
    assert.ok(pinned !== null);
    const expected = await page.evaluate((clip) => {
      const { model } = globalThis.explorer, { indices, distances, k } = model.runs[0]!.snapshots[0]!.neighbours, { labels } = model.page;
      return Array.from({ length: k }, (_, j) => ({ clip: String(indices[clip * k + j]), distance: distances[clip * k + j]!.toPrecision(3), isSame: labels[indices[clip * k + j]!] === labels[clip] }));
    }, pinned);
    const rows = page.locator('.panel.clip .neighbour');
    assert.equal(await rows.count(), 15);
    for (const [j, { clip, distance, isSame }] of expected.entries()) {
      assert.equal(await rows.nth(j).getAttribute('data-clip'), clip);
      assert.match(await rows.nth(j).textContent() ?? '', new RegExp(`${distance.replace('.', '\\.')}${isSame ? 'same' : 'other'}$`));
    }
    assert.match(await text('.agreement'), new RegExp(`^${expected.filter(({ isSame }) => isSame).length} of 15 have its label; distances between 12 features, exact`));
    await rows.nth(2).click();
    assert.equal((await state()).pinned, Number(expected[2]!.clip));
    await shot('neighbours');
  });

  it('a box and a lasso choose clips; the others are dimmed; counts and pictures follow', async () => {
    await open(one);
    const before = await picture();
    await page.click('button:text-is("Box")');
    await drag([[0.02, 0.02], [0.5, 0.98]]);
    const { selection } = await state();
    const inside = await page.evaluate(() => { const { model } = globalThis.explorer, { positions } = model.runs[0]!.snapshots[0]!; return model.page.labels.map((_, i) => i).filter((i) => positions[2 * i]! < 0); });
    assert.ok(selection!.length > 3 && selection!.length < 48);
    assert.ok(Math.abs(selection!.length - inside.length) <= 1, `${selection!.length} for ${inside.length}`);
    assert.equal(await text('.count b'), String(selection!.length));
    assert.equal(await page.locator('.grid .tile').count(), selection!.length);
    const counts = await page.locator('.counts .value').allTextContents();
    assert.equal(counts.reduce((sum, count) => sum + Number(count), 0), selection!.length);
    assert.notEqual(await picture(), before);
    await shot('box');
    await page.keyboard.press('l');
    await drag([[0.52, 0.02], [0.98, 0.02], [0.98, 0.98], [0.52, 0.98]], 'Control');
    assert.ok((await state()).selection!.length > selection!.length, 'with Ctrl a lasso adds');
    await page.keyboard.press('v');
    await drag([[0.52, 0.02], [0.98, 0.02], [0.98, 0.98], [0.52, 0.98]], 'Shift');
    assert.equal((await state()).selection!.filter((clip) => inside.includes(clip)).length <= 1, true, 'Shift and drag draws a lasso');
    await page.keyboard.press('Escape');
    assert.equal((await state()).selection, null);
  });

  it('exports the selection as a list that the readers take for a split', async () => {
    await open(one, 'clips=0.1.1.5');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.export')]);
    const file = join(dir, 'split.csv');
    await download.saveAs(file);
    const { format, rows } = await readList(file);
    const expected = await page.evaluate(() => { const { ids, labels, labelNames } = globalThis.explorer.model.page; return [0, 1, 2, 7].map((i) => [ids[i], labelNames[labels[i]!]]); });
    assert.deepEqual([format, rows.map(({ path, label }) => [path, label])], ['comma-separated', expected]);
  });

  it('colours by all that is known of a clip, with a legend', async () => {
    await open(one);
    const seen = new Set<string>();
    const options = await page.locator('#colour option').allTextContents();
    assert.deepEqual(options, ['label', 'prediction', 'right or wrong', 'confidence', 'margin', 'true peak intensity', 'fold', 'person']);
    for (const option of options) {
      await page.selectOption('#colour', { label: option });
      seen.add(await picture());
      assert.notEqual(await text('.legend'), '');
    }
    assert.equal(seen.size, options.length);
    await page.selectOption('#colour', 'label');
    await page.locator('.legend button').nth(2).click();
    assert.equal((await state()).selection!.length, await page.evaluate(() => globalThis.explorer.model.page.labels.filter((label) => label === 2).length));
  });

  it('finds clips by their ids', async () => {
    await open(one);
    await page.keyboard.press('/');
    const id = await page.evaluate(() => globalThis.explorer.model.page.ids[11]!);
    await page.keyboard.type(id);
    await page.keyboard.press('Enter');
    const { pinned, camera } = await state();
    assert.equal(pinned, 11);
    assert.ok(camera.zoom > 2);
    await page.fill('#search', 'nothing-like-it');
    assert.match(await text('.results'), /no clip has this/);
  });

  it('a cell of the confusion matrix chooses its clips, and chosen clips make the matrix', async () => {
    await open(one);
    const cells = page.locator('.matrix .cell');
    const numbers = (await cells.allTextContents()).map((value) => (value === '·' ? 0 : Number(value)));
    assert.equal(numbers.reduce((sum, n) => sum + n, 0), 48);
    const at = numbers.findIndex((n, i) => n > 0 && Math.floor(i / 7) !== i % 7);
    await cells.nth(at).click();
    const { selection } = await state();
    const expected = await page.evaluate(([t, c]) => { const { model } = globalThis.explorer; return model.page.labels.map((_, i) => i).filter((i) => model.page.labels[i] === t && model.runs[0]!.snapshots[0]!.predicted[i] === c); }, [Math.floor(at / 7), at % 7]);
    assert.deepEqual(selection, expected);
    const after = (await cells.allTextContents()).map((value) => (value === '·' ? 0 : Number(value)));
    assert.deepEqual(after, numbers.map((n, i) => (i === at ? n : 0)));
    await page.locator('.matrix tbody th button').nth(1).click({ modifiers: ['Control'] });
    assert.equal((await state()).selection!.length, new Set([...expected, ...await page.evaluate(() => globalThis.explorer.model.page.labels.flatMap((label, i) => (label === 1 ? [i] : [])))]).size);
    await shot('confusion');
  });

  it('measures separation in feature space, of all clips and of those chosen, and says so', async () => {
    await open(one);
    assert.match(await text('.panel.separation .marked'), /Computed in feature space \(12 dimensions\), not on the picture/);
    const whole = await page.locator('.measures td[data-measure]').allTextContents();
    await page.evaluate(() => { globalThis.explorer.store.set({ selection: globalThis.explorer.model.page.labels.map((_, i) => i) }); });
    const both = await page.locator('.measures tbody tr').evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
    assert.equal(whole.length, 6);
    for (const [i, [all, chosen]] of both.entries()) {
      assert.equal(all, whole[i]);
      assert.ok(Math.abs(Number(all!.replace('−', '-')) - Number(chosen!.replace('−', '-'))) < 0.02 * Math.abs(Number(all!.replace('−', '-'))) + 0.002, `${all} and ${chosen}: the same clips`);
    }
    assert.match(await text('.panel.separation'), /in half precision: off by .* % in the median/);
    await page.click('.panel.separation button:text-is("as they are")');
    assert.notDeepEqual(await page.locator('.measures td[data-measure]').allTextContents(), both.flat());
    await page.evaluate(() => { globalThis.explorer.store.set({ selection: [0, 1] }); });
    assert.match(await text('.panel.separation'), /needs at least 4 clips of two classes/);
  });

  it('filters by true intensity and shows recall along it', async () => {
    await open(one);
    await page.locator('.range .low').fill('0.4');
    const expected = await page.evaluate(() => [...globalThis.explorer.model.peaks!].filter((peak) => peak >= 0.4).length);
    assert.equal(await text('.count b'), String(expected));
    assert.match(await text('.range .shown'), new RegExp(`from 0\\.40 to 1\\.00: ${expected} clips`));
    const bins = await page.locator('.recall-chart [data-bin]').allTextContents();
    assert.equal(bins[0], '0');
    assert.equal(bins.reduce((sum, n) => sum + Number(n), 0), expected);
    assert.match(await page.locator('.recall-chart').getAttribute('aria-label') ?? '', /0\.7 to 1 \d+ %/);
    await page.locator('.panel.intensity').scrollIntoViewIfNeeded();
    await shot('intensity');
  });

  it('keeps the view in its address', async () => {
    await open(one, 'colour=margin&clips=3.4&camera=0.1,0.2,3&intensity=0-0.9&theme=dark');
    const { colour, selection, camera, intensity, theme } = await state();
    assert.deepEqual([colour, selection, camera, intensity, theme], ['margin', [3, 7], { x: 0.1, y: 0.2, zoom: 3 }, [0, 0.9], 'dark']);
    await page.selectOption('#colour', 'confidence');
    await page.waitForTimeout(300);
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    assert.deepEqual({ ...await state(), colour: 'confidence' }, await state());
    await open(one, 'colour=nonsense&clips=99.99&camera=x&epochs=7&run=9&clip=none');
    assert.equal((await state()).colour, 'label');
  });

  it('two runs: one selection, one camera, what was fixed and broken, lines to where clips moved', async () => {
    await open(two);
    assert.equal(await page.locator('.map').count(), 2);
    const counts = await page.locator('.change b').allTextContents();
    const expected = await page.evaluate(() => {
      const { model } = globalThis.explorer, [a, b] = model.runs.map(({ snapshots }) => snapshots.at(-1)!);
      const sums = [0, 0, 0, 0];
      for (const [i, label] of model.page.labels.entries()) {
        const [first, second] = [a!.predicted[i] === label, b!.predicted[i] === label];
        sums[first ? (second ? 2 : 1) : second ? 0 : 3]!++;
      }
      return sums;
    });
    assert.deepEqual(counts.map(Number), expected);
    const [left, right] = [await picture(0), await picture(1)];
    await page.click('.change.fixed');
    assert.equal((await state()).selection!.length, expected[0]);
    assert.notEqual(await picture(0), left, 'A dims');
    const plain = await picture(1);
    assert.notEqual(plain, right, 'B dims');
    await page.check('.panel.compare input[type=checkbox]');
    assert.notEqual(await picture(1), plain, 'lines are drawn');
    await page.evaluate(() => { for (const list of document.querySelectorAll<HTMLDetailsElement>('.sub')) list.open = true; });
    assert.equal(await page.locator('.panel.compare .sub').first().locator('.neighbour').count(), Math.min(24, expected[0]!));
    await page.selectOption('#colour', 'change');
    const { x, y } = await placeOf((await state()).selection![0]!, 1);
    await page.mouse.move(x, y);
    assert.match(await text('.hover'), /A · base.*B · gca-ial/s);
    assert.ok(await page.locator('.overlay .marked').count() >= 1);
    await shot('two');
    await page.mouse.wheel(0, -300);
    assert.ok((await state()).camera.zoom > 1);
    await page.keyboard.press('r');
    assert.equal((await state()).run, 0);
  });

  it('goes through saved epochs, on the map and in the panels', async () => {
    const data = JSON.parse(/id="data">(.*?)<\/script>/s.exec(readFileSync(two, 'utf8'))![1]!) as PageData;
    const [base, later] = data.runs.map(({ snapshots }) => snapshots[0]!);
    const epochs: PageData = { ...data, runs: [{ ...data.runs[1]!, snapshots: [{ ...base!, epoch: 1 }, { ...later!, epoch: 3 }] }] };
    const file = join(dir, 'epochs.html');
    writeFileSync(file, pageHtml(epochs, await pageCode()));
    await open(file);
    assert.match(await text('.epoch'), /epoch 3: WAR/);
    const last = await picture(), matrix = await page.locator('.matrix .cell').allTextContents();
    await page.locator('.epoch-slider').fill('0');
    assert.match(await text('.epoch'), /epoch 1: WAR/);
    assert.notEqual(await picture(), last);
    assert.notDeepEqual(await page.locator('.matrix .cell').allTextContents(), matrix);
    await page.locator('.map').focus();
    await page.keyboard.press(']');
    assert.match(await text('.epoch'), /epoch 3/);
    await page.keyboard.press(' ');
    await page.locator('.play:text-is("Pause")').waitFor();
    assert.match(await text('.epoch'), /epoch 1/, 'from the first, when it stood at the last');
    await page.locator('.play:text-is("Play")').waitFor();
    assert.match(await text('.epoch'), /epoch 3/, 'it ends with the last epoch');
    await page.keyboard.press('[');
    assert.match(await text('.epoch'), /epoch 1/);
    await shot('epochs');
  });

  it('works by keys alone, and tells what it shows to those who do not see it', async () => {
    await open(one);
    await page.locator('.map').focus();
    await page.keyboard.press('n');
    assert.match(await text('.live'), /^clip \S+, \w+, (found|taken for \w+), margin/);
    await page.keyboard.press('n');
    await page.keyboard.press('Enter');
    assert.equal((await state()).pinned, 1);
    await page.keyboard.press('+');
    await page.keyboard.press('ArrowRight');
    const { camera } = await state();
    assert.ok(camera.zoom > 1 && camera.x > 0);
    await page.keyboard.press('0');
    await page.keyboard.press('?');
    assert.match(await text('dialog'), /next clip in focus/);
    await page.keyboard.press('Escape');
    assert.match(await page.locator('.map').getAttribute('aria-label') ?? '', /Map of 48 clips.*Arrows move/);
    const unnamed = await page.evaluate(() => [...document.querySelectorAll('button, select, input, img, [role=img]')].filter((element) => !(element.textContent?.trim() || element.getAttribute('aria-label') || element.getAttribute('title') || element.hasAttribute('alt') || element.closest('label'))).map((element) => element.outerHTML.slice(0, 120)));
    assert.deepEqual(unnamed, []);
    assert.deepEqual(await page.locator('aside h2').allTextContents(), ['Selection', 'Clip', 'Confusion', 'Separation', 'Intensity']);
    assert.equal(await page.locator('.counts > li > button').count(), 7);
    const small = await page.evaluate(() => [...document.querySelectorAll('button, summary, select')].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 0 && Math.min(width, height) < 23.9 ? [`${element.outerHTML.slice(0, 80)} ${width} x ${height}`] : [];
    }));
    assert.deepEqual(small, [], 'smaller than 24 pixels');
  });

  it('keeps the focus where it was when a panel is drawn anew', async () => {
    await open(one);
    await page.locator('.matrix tbody th button').nth(3).focus();
    await page.keyboard.press('Enter');
    assert.ok((await state()).selection!.length > 0);
    assert.equal(await page.evaluate(() => document.activeElement!.getAttribute('title')), await page.locator('.matrix tbody th button').nth(3).getAttribute('title'));
  });

  it('leaves single keys to a map that has the focus, for who wants that', async () => {
    await open(one);
    await page.keyboard.press('b');
    assert.equal((await state()).mode, 'box');
    await page.click('[aria-label=help]');
    await page.check('dialog .keys');
    await shot('help');
    await page.click('dialog button');
    await page.keyboard.press('l');
    assert.equal((await state()).mode, 'box');
    await page.locator('.map').focus();
    await page.keyboard.press('l');
    assert.equal((await state()).mode, 'lasso');
  });

  it('tells classes apart by shape as well as by colour, for who wants that', async () => {
    await open(one);
    const round = await picture();
    await page.check('.shapes');
    assert.notEqual(await picture(), round);
    assert.equal(await page.locator('.legend svg.swatch').count(), 7);
    await shot('shapes');
    await page.selectOption('#colour', 'margin');
    assert.equal(await page.locator('.legend svg').count(), 0, 'a quantity has no shape');
  });

  it('a finger that points at nothing before chooses the clip that it touches', async () => {
    await open(one);
    const { x, y } = await placeOf(9);
    await page.evaluate(([clientX, clientY]) => {
      const map = document.querySelector('.map')!, event = { clientX: clientX!, clientY: clientY!, pointerId: 1, button: 0, pointerType: 'touch', bubbles: true };
      map.setPointerCapture = () => {};
      for (const type of ['pointerdown', 'pointerup']) map.dispatchEvent(new PointerEvent(type, event));
    }, [x, y]);
    assert.notEqual((await state()).pinned, null);
  });

  it('is light or dark, as the system or as told', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(two, 'clips=1.2.3.4&lines=1');
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await paper(), 'rgb(20, 23, 27)');
    await shot('dark');
    await page.click('.theme');
    assert.equal(await paper(), 'rgb(246, 247, 249)');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('shows names with markup in them as text', async () => {
    const { labels } = manyClips(12), ids = labels.map((_, i) => `${EVIL}${i}`);
    await writeFakeRun(join(dir, 'evil'), { ids, labels });
    await writeExplorer([join(dir, 'evil')], join(dir, 'evil.html'));
    await open(join(dir, 'evil.html'), `clip=${encodeURIComponent(`${EVIL}3`)}&clips=1.2.3`);
    assert.ok((await text('.panel.clip .id')).includes(`${EVIL}3`));
    await page.fill('#search', '<img');
    assert.ok((await text('.results')).includes(EVIL));
    assert.equal(await page.locator('img[src=x]').count(), 0);
    assert.match(await page.title(), /evil: explorer/);
  });

  it('runs no other script and no other style, whatever gets into it', async () => {
    await open(one);
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      document.body.append(script);
      // later, because what the browser's tools run themselves is let through
      const evaluated = await new Promise<boolean>((resolve) => { setTimeout(() => { try { resolve((Reflect.construct(Function, ['return true']) as () => boolean)()); } catch { resolve(false); } }, 0); });
      const fetched = await fetch('data:text/plain,x').then(() => true, () => false);
      return ['injected' in globalThis, evaluated, fetched];
    });
    assert.deepEqual(ran, [false, false, false]);
    assert.ok(problems.length > 0, 'the browser says what it refused');
    problems.length = 0;
  });

  it('finds the frames in the folder beside it, where they did not fit', async () => {
    await writeExplorer([join(dir, 'gca-ial')], join(dir, 'small.html'), { maxMb: 0.31 });
    await open(join(dir, 'small.html'), 'clip=00002');
    const { x, y } = await placeOf(3);
    await page.mouse.move(x, y);
    assert.deepEqual(await page.locator('.hover .frames').evaluate(async (element: HTMLImageElement) => { await element.decode(); return element.naturalHeight; }), 80);
    assert.match(await text('.notes'), /small-frames, which has to stay beside this page/);
  });

  it('works in the frame that a notebook shows', async () => {
    const html = readFileSync(one, 'utf8').replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    writeFileSync(join(dir, 'notebook.html'), `<iframe id="f" sandbox="allow-scripts allow-downloads" width="1200" height="700" srcdoc="${html}"></iframe>`);
    await page.goto(pathToFileURL(join(dir, 'notebook.html')).href);
    const frame = page.frameLocator('#f');
    await frame.locator('.matrix .cell').first().click();
    assert.match(await frame.locator('.count').textContent() ?? '', /of 48 clips/);
  });

  for (const labelNames of [['happy', 'sad', 'neutral', 'bored', 'very bored'], [...EXPRESSIONS, 'contempt', 'anxiety', 'helplessness', 'disappointment']]) {
    it(`shows a set of ${labelNames.length} classes, each in a colour of its own`, async () => {
      const count = labelNames.length, { ids, labels } = manyClips(6 * count, count), file = join(dir, `classes-${count}.html`);
      await writeFakeRun(join(dir, `classes-${count}`), { ids, labels, labelNames });
      await writeExplorer([join(dir, `classes-${count}`)], file);
      await open(file);
      const { page: { colours } } = await page.evaluate(() => globalThis.explorer.model);
      assert.equal(new Set(colours).size, count);
      assert.deepEqual(await page.locator('.legend button').allTextContents(), labelNames.map((name) => `${name} 6`));
      assert.equal(await page.locator('.matrix .cell').count(), count * count);
      assert.deepEqual(await page.locator('.matrix thead button').allTextContents(), labelNames.map((name) => (count > 7 ? name : name.slice(0, 3))));
      await page.locator('.legend button').last().click();
      assert.deepEqual((await state()).selection, labels.flatMap((label, i) => (label === count - 1 ? [i] : [])));
      await page.locator('.matrix').scrollIntoViewIfNeeded();
      await shot(`classes-${count}`);
    });
  }

  it('says what a page of one class, or of a licensed set, has to say', async () => {
    const { ids } = manyClips(12);
    await writeFakeRun(join(dir, 'class'), { ids, labels: ids.map(() => 3) });
    await writeExplorer([join(dir, 'class')], join(dir, 'class.html'));
    await open(join(dir, 'class.html'));
    assert.match(await text('.notes'), /all clips are of one class/);
    assert.match(await text('.panel.intensity'), /tells no true intensity/);
    const { labels, ids: own } = await page.evaluate(() => globalThis.explorer.model.page);
    await writeFakeRun(join(dir, 'licensed'), { ids: own, labels, isSynthetic: false, root: join(dir, 'data') });
    await writeExplorer([join(dir, 'licensed')], join(dir, 'licensed.html'), { embedFrames: true });
    await open(join(dir, 'licensed.html'));
    assert.match(await text('.banner'), /Do not distribute\. This page holds frames of a licensed dataset/);
  });

  for (const points of [12_000, 100_000]) {
    it(`draws ${points.toLocaleString('en-US')} points while the map moves`, async () => {
      const file = join(dir, `points-${points}.html`);
      writeFileSync(file, pageHtml(manyPoints(points), await pageCode()));
      const started = performance.now();
      await open(file);
      const opened = performance.now() - started;
      const { frames, median } = await page.evaluate(async () => {
        const { store } = globalThis.explorer, times: number[] = [];
        for (const start = performance.now(); performance.now() - start < 3000;) {
          await new Promise(requestAnimationFrame);
          const t = performance.now() / 700;
          store.set({ camera: { x: 0.3 * Math.sin(t), y: 0.2 * Math.cos(t), zoom: 1.3 + 0.3 * Math.sin(t / 2) } });
          times.push(performance.now());
        }
        const gaps = times.slice(1).map((time, i) => time - times[i]!).sort((a, b) => a - b);
        return { frames: 1000 / ((times.at(-1)! - times[0]!) / gaps.length), median: gaps[gaps.length >> 1]! };
      });
      console.log(`      ${points} points: ${frames.toFixed(1)} frames/s, median ${median.toFixed(1)} ms; opened in ${(opened / 1000).toFixed(1)} s; page ${(readFileSync(file).length / 1e6).toFixed(1)} MB`);
      assert.ok(frames > 1);
      await shot(`points-${points}`);
    });
  }

  it('asked nothing of any host, and nothing went wrong on the way', () => { assert.deepEqual([requests, problems], [[], []]); });
});
