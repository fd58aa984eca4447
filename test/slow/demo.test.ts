// The demo in a Chromium: the native engine's logits on two backends, and everything a user does.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import sharp from 'sharp';
import { preset } from '../../src/config.ts';
import type { Dataset } from '../../src/data/clip.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { decodeFrame } from '../../src/data/decode.ts';
import { frameIndices } from '../../src/data/frameIndices.ts';
import { resizeInto, wholeImage } from '../../src/data/resize.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import type { DemoManifest } from '../../src/demo/manifest.ts';
import { serveDemo, type Served } from '../../src/demo/serve.ts';
import { packageRoot } from '../../src/engine/home.ts';
import { loadEngine, type Engine } from '../../src/engine/tensorflow.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { importRun } from '../../src/experiments/importRun.ts';
import { openPredictor } from '../../src/experiments/predictClips.ts';
import { findChromium } from '../../src/figures/chromium.ts';
import { isBuffer, specification } from '../../src/model/specification.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { random } from '../../src/random.ts';
import { writeSafetensors } from '../../src/runs/safetensors.ts';

const config = preset('tiny');
const TOLERANCE = 1e-3;
const ARTEFACTS = join(packageRoot(), '.ci', 'artefacts');

/** Weights as after some training: running statistics that are not those of the start, logits that are far from equal. */
async function writeWeights(file: string, fingerprint: string): Promise<void> {
  const weights = initialWeights(config), draw = random('demo test');
  const moved = (name: string, data: Float32Array): Float32Array => data.map((value) =>
    (name.endsWith('running_var') ? draw.uniform(0.3, 2) : name.endsWith('running_mean') ? draw.normal(0, 0.2) : name.startsWith('fc_f') || /fc[12]\.0\.weight/.test(name) ? 4 * value : value));
  const tensors = new Map(specification(config).map((spec) => [spec.name, { dtype: 'F32', shape: spec.shape, data: isBuffer(spec) || spec.kind !== 'position' ? moved(spec.name, weights.get(spec.name)!) : weights.get(spec.name)! }] as const));
  await writeSafetensors(file, tensors, { experiment: JSON.stringify(config), isSynthetic: 'true', fingerprint });
}

interface Answer { readonly logits: number[]; readonly caption: string }

/** Waits for the answer to the clip whose caption begins so. */
async function answerTo(page: Page, caption: string): Promise<Answer> {
  await page.waitForFunction((begin) => document.querySelector('#facts li')?.textContent?.startsWith(begin), caption, { timeout: 60_000 });
  return page.evaluate(() => ({
    logits: [...document.querySelectorAll<HTMLElement>('#bars tbody tr')].map((row) => Number(row.dataset['logit'])), caption: document.querySelector('#facts li')!.textContent!,
  }));
}

const worst = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe('the demo', function () {
  this.timeout(240_000);
  let root: string, dataset: Dataset, engine: Engine, manifest: DemoManifest, served: Served, browser: Browser, context: BrowserContext, page: Page;
  const at = (name: string): string => join(root, name), complaints: string[] = [];

  const open = async (query = ''): Promise<Page> => {
    const opened = await context.newPage();
    opened.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    opened.on('pageerror', ({ message }) => { complaints.push(message); });
    await opened.goto(served.url + query);
    return opened;
  };

  before(async () => {
    await mkdir(ARTEFACTS, { recursive: true });
    engine = await loadEngine();
    root = await mkdtemp(join(tmpdir(), 'ial-demo-test-'));
    await renderSynthetic({ root: at('data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 80, seed: 5 });
    dataset = await readDataset({ name: 'dfew', root: at('data'), fold: 1 });
    await writeWeights(at('w.safetensors'), dataset.fingerprint);
    await importRun({ file: at('w.safetensors'), out: at('run') });
    await evaluateAgain({ engine, dir: at('run'), data: at('data') });
    const written = await ial('demo', '--run', at('run'), '--out', at('demo'), '--data', at('data'), '--clips', '7');
    assert.equal(written.code, 0, written.stderr);
    assert.match(written.stdout, /demo: \S+run, epoch 0, with 7 clips, \d\.\d MB; ial demo --out \S+ --serve shows it\n$/);
    manifest = JSON.parse(await readFile(at('demo/demo.json'), 'utf8')) as DemoManifest;
    served = await serveDemo(at('demo'));
    browser = await launch('--use-fake-ui-for-media-stream');
    context = await browser.newContext();
    page = await open();
    await page.waitForSelector('#facts li', { timeout: 60_000 });
  });
  after(async () => {
    await browser?.close();
    await served?.close();
    await rm(root, { recursive: true, force: true });
  });
  afterEach(() => { assert.deepEqual(complaints.splice(0), [], 'errors in the console'); });

  const ial = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/ial.mjs', ...args]), text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data: Buffer) => { text[name] += data.toString(); });
    child.on('close', (code) => { resolve({ code, ...text }); });
  });

  it('gives the native engine\'s logits of its clips in WebAssembly, and says so', async () => {
    assert.equal(await page.getAttribute('body', 'data-backend'), 'wasm');
    assert.match((await page.textContent('#status'))!, /^WebAssembly, float32; not WebGPU: .*; not WebGL: only in software/);
    assert.equal(manifest.clips.length, 7);
    for (const [i, clip] of manifest.clips.entries()) {
      await page.locator('.clip').nth(i).click();
      const { logits } = await answerTo(page, `clip ${clip.id},`);
      assert.ok(Math.max(...clip.logits!) - Math.min(...clip.logits!) > 0.1, 'logits that could be told apart');
      assert.ok(worst(logits, clip.logits!) < TOLERANCE, `${clip.id}: ${worst(logits, clip.logits!)}`);
      assert.match(await page.innerText('#facts'), /true label \w+, peak intensity .*\n.*native engine's logits of this clip differ by at most \d\.\de-\d/);
    }
    const spread = manifest.clips.map(({ logits }) => logits![0]!);
    assert.ok(Math.max(...spread) - Math.min(...spread) > 10 * TOLERANCE, 'clips that could be told apart');
  });

  it('gives them in WebGL too (by SwiftShader), when that is asked for', async () => {
    const other = await open('?backend=webgl');
    const [clip] = manifest.clips as [DemoManifest['clips'][number]];
    const { logits } = await answerTo(other, `clip ${clip.id},`);
    assert.equal(await other.getAttribute('body', 'data-backend'), 'webgl');
    assert.ok(worst(logits, clip.logits!) < TOLERANCE, String(worst(logits, clip.logits!)));
    await other.close();
  });

  it('shows the weights of both GCA blocks over the frames, in colour and in words', async () => {
    await page.screenshot({ path: join(ARTEFACTS, 'demo.png'), fullPage: true });
    for (const layer of ['layer2', 'layer3']) {
      const words = (await page.locator(`canvas[aria-label^="GCA ${layer}"]`).getAttribute('aria-label'))!;
      const [, low, high] = /weights of \d+ channels in 8 frames, from (\d\.\d+) to (\d\.\d+);/.exec(words)!;
      assert.ok(Number(low) > 0 && Number(high) < 2 && Number(low) < Number(high), words);
    }
    await page.click('summary');
    assert.equal(await page.locator('details tbody tr').count(), 8);
  });

  it('takes a folder: dropped frames, PNG and JPEG, are byte for byte what the native loader reads', async () => {
    const predictor = await openPredictor(engine, at('run'));
    try {
      for (const [i, ending] of (['png', 'jpg'] as const).entries()) {
        const frames = dataset.test[i]!.frames, name = `${ending}-clip`;
        await mkdir(at(name));
        for (const [k, file] of frames.entries()) {
          const { data, width, height } = await decodeFrame(file, 'x');
          await writeFile(join(at(name), `${k + 1}.${ending}`), ending === 'jpg' ? await readFile(file) : await sharp(data, { raw: { width, height, channels: 3 } }).png().toBuffer());
        }
        await page.click('#tab-folder');
        await drop(page, at(name));
        const { logits } = await answerTo(page, `${name}, ${frames.length} frames`);
        assert.deepEqual(await shownBytes(page), await nativeBytes(frames, name), `${ending}: the bytes of the frames`);
        const { probabilities } = await predictor.predict(at(name), { contributions: false });
        assert.ok(worst(logits, probabilities.map(({ logit }) => logit)) < TOLERANCE, `${ending}: ${worst(logits, probabilities.map(({ logit }) => logit))}`);
      }
    } finally { predictor.dispose(); }
  });

  it('takes a folder from the dialog, and says what is wrong with another', async () => {
    const choose = (path: string): Promise<void> => page.locator('input[webkitdirectory]').setInputFiles(path);
    await choose(dirname(dataset.test[2]!.frames[0]!));
    await answerTo(page, dirname(dataset.test[2]!.frames[0]!).split('/').at(-1)!);
    await mkdir(at('texts'));
    await writeFile(at('texts/a.txt'), 'x');
    await choose(at('texts'));
    await page.waitForFunction(() => /found no image among 1 file \(a\.txt\)/.test(document.querySelector('#alert')!.textContent!));
    await mkdir(at('broken'));
    await writeFile(at('broken/1.jpg'), 'not a picture');
    await choose(at('broken'));
    await page.waitForFunction(() => /1\.jpg: no picture that this browser can read/.test(document.querySelector('#alert')!.textContent!));
    await mkdir(at('short'));
    await writeFile(at('short/1.jpg'), await readFile(dataset.test[0]!.frames[0]!));
    await choose(at('short'));
    await answerTo(page, 'short, 1 frames');
    assert.match(await page.innerText('#facts'), /only 1 frame, the network sees 8/);
    assert.equal(await page.isVisible('#alert'), false);
  });

  it('takes the camera: a rolling window, a box that keys and the pointer move', async () => {
    await page.click('#tab-camera');
    assert.match(await page.innerText('#panel-camera .caveat'), /never seen a real face/);
    await page.click('text=Start the camera');
    await answerTo(page, 'camera, the last 2 s');
    const crop = page.locator('.crop'), box = async (): Promise<string> => (await crop.getAttribute('aria-label'))!;
    const first = await box();
    await crop.focus();
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await box(), first);
    const moved = await box(), place = (await crop.boundingBox())!;
    await page.mouse.move(place.x + 20, place.y + 20);
    await page.mouse.down();
    await page.mouse.move(place.x + 60, place.y + 30);
    await page.mouse.up();
    assert.notEqual(await box(), moved);
    const frames = (): Promise<string> => page.evaluate(() => document.querySelector<HTMLCanvasElement>('.line canvas')!.toDataURL());
    const before = await frames();
    await page.waitForFunction((old) => document.querySelector<HTMLCanvasElement>('.line canvas')!.toDataURL() !== old, before);
    await page.click('#tab-clips');
    assert.equal(await page.evaluate(() => document.querySelector('video')!.srcObject), null, 'leaving the tab ends the camera');
  });

  it('says that the camera was refused', async () => {
    const other = await launch('--use-fake-ui-for-media-stream=deny'), refused = await other.newPage();
    await refused.goto(served.url);
    await refused.click('#tab-camera');
    await refused.click('text=Start the camera');
    await refused.waitForFunction(() => /the camera was refused: allow it for this page/.test(document.querySelector('#alert')!.textContent!));
    await other.close();
  });

  it('works from the keyboard alone', async () => {
    await page.focus('#tab-camera').catch(() => {});
    await page.focus('#tab-clips');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.activeElement!.id), 'tab-folder');
    assert.ok(await page.isVisible('#panel-folder'));
    await page.keyboard.press('Home');
    await page.keyboard.press('Tab');
    const chosen = page.locator('.clip').nth(3);
    for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
    assert.ok(await chosen.evaluate((node) => node === document.activeElement), 'a clip is reached');
    await page.keyboard.press('Enter');
    await answerTo(page, `clip ${manifest.clips[3]!.id},`);
    assert.equal(await chosen.getAttribute('aria-pressed'), 'true');
    const slider = page.locator('input[type=range]');
    await slider.focus();
    await page.keyboard.press('End');
    assert.equal(await slider.getAttribute('aria-valuetext'), 'frame 8 of 8');
    assert.match((await page.textContent('.viewer p'))!, /^8 of 8: frame \d+ · true intensity \d\.\d\d · layer2 weights \d\.\d{3} from 1 on average · layer3 weights/);
  });

  it('says when its files cannot be had, and what to do with a page opened from the disk', async () => {
    for (const [name, expected] of [['weights.safetensors', /weights\.safetensors: cannot be fetched/], ['demo.json', /demo\.json cannot be fetched: is the server still there\?/]] as const) {
      const lost = await context.newPage();
      await lost.route(`**/${name}`, (route) => route.abort());
      await lost.goto(served.url);
      await lost.waitForFunction((text) => new RegExp(text).test(document.querySelector('#alert')!.textContent!), expected.source);
      await lost.close();
    }
    const file = await context.newPage();
    await file.goto(`file://${at('demo/index.html')}`);
    await file.waitForFunction(() => /serve it with ial demo/.test(document.querySelector('#alert')!.textContent!));
    await file.close();
  });

  it('is served by ial demo until Ctrl-C', async () => {
    const child: ChildProcess = spawn(process.execPath, ['bin/ial.mjs', 'demo', '--out', at('demo'), '--serve']);
    let text = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout!.on('data', (data: Buffer) => { text += data.toString(); const found = /^(http:\S+) /m.exec(text); if (found) resolve(found[1]!); });
      child.on('close', () => { reject(new Error(`ended: ${text}`)); });
    });
    assert.equal((await fetch(url)).status, 200);
    child.kill('SIGINT');
    assert.equal(await new Promise((resolve) => { child.on('close', resolve); }), 0);
    await assert.rejects(fetch(url));
  });
});

/** The frames as the page shows them, side by side, in the loader's order. */
async function shownBytes(page: Page): Promise<Uint8Array> {
  const { rgba, size } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.line canvas')!;
    return { rgba: Array.from(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data), size: canvas.height };
  });
  const frames = rgba.length / (4 * size * size), bytes = new Uint8Array(frames * size * size * 3);
  for (let i = 0; i < bytes.length; i++) {
    const channel = i % 3, x = Math.floor(i / 3) % size, y = Math.floor(i / (3 * size)) % size, t = Math.floor(i / (3 * size * size));
    bytes[i] = rgba[(y * size * frames + t * size + x) * 4 + channel]!;
  }
  return bytes;
}

/** The same from the loader's decoder. */
async function nativeBytes(frames: readonly string[], id: string): Promise<Uint8Array> {
  const size = config.imageSize, indices = frameIndices({ id, frames }, { ...config, mode: 'test', epoch: 0 }), bytes = new Uint8Array(indices.length * size * size * 3);
  for (const [t, index] of indices.entries()) {
    const image = await decodeFrame(frames[index]!, id);
    resizeInto(image, wholeImage(image), size, bytes, t * size * size * 3);
  }
  return bytes;
}

/** A Chromium with a camera that is made up, and somebody who answers its question. */
async function launch(answer: string): Promise<Browser> {
  const { args, ...found } = await findChromium();
  return chromium.launch({ ...found, args: [...args, '--enable-unsafe-swiftshader', '--use-fake-device-for-media-stream', answer] });
}

/** A folder from the desktop, as the browser itself would report it. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page), place = (await page.locator('.drop').boundingBox())!;
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await session.send('Input.dispatchDragEvent', { type, x: place.x + 20, y: place.y + 20, data });
  await session.detach();
}
