import assert from 'node:assert/strict';
import sharp from 'sharp';
import { clipSheet, contactSheet, describeClip, expressionSheet, frameRenderer, identitySheet, portrait } from '../../../src/data/synthetic/index.ts';
import { EXPRESSIONS } from '../../../src/labels.ts';

const pixels = async (image: Uint8Array): Promise<Buffer> => sharp(image).removeAlpha().raw().toBuffer();

/** Mean absolute difference of two pictures, of 255. */
async function difference(a: Uint8Array, b: Uint8Array): Promise<number> {
  const [x, y] = [await pixels(a), await pixels(b)];
  return x.reduce((sum, value, i) => sum + Math.abs(value - y[i]!), 0) / x.length;
}

describe('frameRenderer', () => {
  it('gives the same bytes twice, whatever was drawn before', async () => {
    const clip = describeClip(2, 9);
    const render = frameRenderer(clip, 48);
    const first = await render(3);
    await render(7);
    assert.deepEqual(await render(3), first);
    assert.deepEqual(await frameRenderer(describeClip(2, 9), 48)(3), first);
    assert.notDeepEqual(await render(4), first);
  });

  it('draws square JPEGs of any size', async () => {
    for (const size of [16, 33, 224]) {
      const { format, width, height } = await sharp(await frameRenderer(describeClip(2, 9), size)(0)).metadata();
      assert.deepEqual([format, width, height], ['jpeg', size, size]);
    }
  });

  it('draws the same picture at other sizes', async () => {
    const clip = describeClip(2, 10);
    const small = await sharp(await frameRenderer(clip, 56)(5)).resize(28, 28).png().toBuffer();
    const large = await sharp(await frameRenderer(clip, 224)(5)).resize(28, 28).png().toBuffer();
    assert.ok(await difference(small, large) < 6, String(await difference(small, large)));
  });

  it('blurs, where the camera does, without a shift of brightness', async () => {
    const clip = describeClip(2, 10);
    const camera = { ...clip.camera, noise: 0, quality: 92 };
    const sharpFrame = await frameRenderer({ ...clip, camera: { ...camera, blur: 0 } }, 64)(5);
    const softFrame = await frameRenderer({ ...clip, camera: { ...camera, blur: 1.6 } }, 64)(5);
    const mean = async (image: Uint8Array): Promise<number> => (await pixels(image)).reduce((a, b) => a + b, 0) / (64 * 64 * 3);
    assert.ok(Math.abs(await mean(sharpFrame) - await mean(softFrame)) < 1);
    assert.ok(await difference(sharpFrame, softFrame) > 1);
  });
});

describe('portrait', () => {
  it('portrait(seed, person, expression, intensity) departs further from the neutral face the higher the intensity', async () => {
    for (const expression of EXPRESSIONS.filter((e) => e !== 'neutral')) {
      const neutral = await portrait(3, 1, 'neutral', 0, 64);
      const steps = await Promise.all([0.25, 0.5, 0.75, 1].map(async (level) => difference(await portrait(3, 1, expression, level, 64), neutral)));
      assert.ok(steps.every((step, i) => step > (steps[i - 1] ?? 0)), `${expression}: ${steps.join(' ')}`);
      assert.ok(steps[3]! > 1.2, `${expression}: ${steps.join(' ')}`);
    }
  });
});

describe('contact sheets', () => {
  it('are PNGs of rows times columns tiles', async () => {
    const size = async (sheet: Promise<Buffer>): Promise<unknown> => {
      const { format, width, height } = await sharp(await sheet).metadata();
      return [format, width, height];
    };
    assert.deepEqual(await size(expressionSheet(1, [0, 1], 32)), ['png', 7 * 32, 2 * 32]);
    assert.deepEqual(await size(identitySheet(1, 2, 3, 32)), ['png', 3 * 32, 2 * 32]);
    assert.deepEqual(await size(clipSheet(1, { transitions: 1 }, 4, 32)), ['png', 4 * 32, 7 * 32]);
    assert.deepEqual(await size(contactSheet([[portrait(1, 0, 'fear', 1, 16)], [portrait(1, 0, 'fear', 1, 16)]], 16)), ['png', 16, 32]);
  });
});
