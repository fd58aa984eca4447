import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { strip, stripImage } from '../../src/workbook/index.ts';
import { pickFrames } from '../../src/workbook/strip.ts';
import { inNotebook } from './host.ts';

describe('strip', () => {
  let folder: string;
  let frames: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strip-'));
    frames = await Promise.all([40, 120, 240].map(async (grey) => {
      const file = join(folder, `${grey}.png`);
      await sharp({ create: { width: 20, height: 20, channels: 3, background: { r: grey, g: grey, b: grey } } }).png().toFile(file);
      return file;
    }));
  });
  after(() => rm(folder, { recursive: true }));

  it('pickFrames(frames, count) takes the middle of equal parts', () => {
    assert.deepEqual(pickFrames(16, 4), [2, 6, 10, 14]);
    assert.deepEqual(pickFrames(3, 8), [0, 1, 2]);
    assert.deepEqual(pickFrames(0, 8), []);
  });

  it('puts the frames side by side in the order of time', async () => {
    const { data, info } = await sharp(await stripImage(frames)).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [3 * 112 + 2 * 4, 112]);
    const grey = (x: number): number => data[(56 * info.width + x) * 3]!;
    for (const [i, expected] of [40, 120, 240].entries()) assert.ok(Math.abs(grey(i * 116 + 56) - expected) < 5, `frame ${i}: ${grey(i * 116 + 56)}`);
  });

  it('takes encoded images too, and marks them as rendered here', async () => {
    const images = await Promise.all(frames.map((file) => readFile(file)));
    const [shown] = await inNotebook(() => strip(images, { isSynthetic: true }));
    assert.equal(shown!.data['image/jpeg'], (await stripImage(frames)).toString('base64'));
    assert.deepEqual(shown!.metadata, { workbook: { frames: 'synthetic' } });
  });

  it('draws the intensity below and names its peak', async () => {
    const shown = await inNotebook(() => strip(frames, { isSynthetic: true, intensity: [0, 0.75, 0.2], caption: 'clip 7' }));
    assert.match(String(shown[1]!.data['text/plain']), /^clip 7, 3 frames; .* peak 0\.75 at frame 2$/);
    const { height } = await sharp(Buffer.from(String(shown[0]!.data['image/jpeg']), 'base64')).metadata();
    assert.equal(height, 112 + 4 + 64);
  });

  it('keeps frames of a licensed set out of the notebook', async () => {
    const shown = await inNotebook(() => strip(frames, { isSynthetic: false }));
    assert.equal(shown.length, 1);
    assert.equal(shown[0]!.data['image/jpeg'], undefined);
    assert.match(String(shown[0]!.data['text/plain']), /not shown/);
  });

  it('shows them when asked, under a warning', async () => {
    const shown = await inNotebook(() => strip(frames, { isSynthetic: false, embedFrames: true }));
    assert.ok(shown[0]!.data['image/jpeg']);
    assert.deepEqual(shown[0]!.metadata, { workbook: { frames: 'licensed' } });
    assert.match(String(shown[1]!.data['text/markdown']), /DO NOT DISTRIBUTE/);
  });
});
