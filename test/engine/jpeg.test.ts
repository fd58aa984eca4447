import assert from 'node:assert/strict';
import sharp, { type JpegOptions } from 'sharp';
import { isPlain, loadJpegDecoder } from '../../src/engine/jpeg.ts';
import { random } from '../../src/random.ts';

/** Smooth ground with noise on it: every coefficient of the transform is in use. */
function picture(width: number, height: number): Buffer {
  const draw = random(7, 'jpeg', String(width));
  return Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => Math.max(0, Math.min(255, Math.round(128 + 90 * Math.sin(i / 97) + 30 * draw.normal())))));
}

const encode = (width: number, height: number, options: JpegOptions = {}): Promise<Buffer> =>
  sharp(picture(width, height), { raw: { width, height, channels: 3 } }).jpeg(options).toBuffer();

const bySharp = (bytes: Buffer): Promise<Buffer> => sharp(bytes).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer();

describe('loadJpegDecoder', () => {
  const decode = loadJpegDecoder();
  before(function needsEngine() { if (!decode) this.skip(); });

  const kinds: readonly (readonly [string, number, number, JpegOptions])[] = [
    ['half chroma', 224, 224, { quality: 80 }], ['full chroma', 224, 224, { chromaSubsampling: '4:4:4' }], ['progressive', 113, 91, { progressive: true }],
    ['odd sizes', 37, 53, { quality: 45 }], ['little quality', 64, 64, { quality: 5 }], ['best quality', 64, 48, { quality: 100 }], ['mozjpeg', 80, 80, { mozjpeg: true }], ['one pixel', 1, 1, {}],
  ];
  for (const [name, width, height, options] of kinds) {
    it(`gives the bytes that sharp gives: ${name}`, async () => {
      const bytes = await encode(width, height, options);
      const pixels = decode!(bytes);
      assert.deepEqual([pixels?.width, pixels?.height], [width, height]);
      assert.ok(pixels!.data.equals(await bySharp(bytes)));
    });
  }

  it('leaves alone what it might read otherwise: grey, CMYK, colour profiles, other formats', async () => {
    const raw = sharp(picture(24, 16), { raw: { width: 24, height: 16, channels: 3 } });
    const others = [raw.clone().toColourspace('b-w').jpeg(), raw.clone().toColourspace('cmyk').jpeg(), raw.clone().withIccProfile('p3').jpeg(), raw.clone().png(), raw.clone().webp()];
    for (const other of others) assert.equal(decode!(await other.toBuffer()), undefined);
  });

  it('gives nothing for a damaged file, however little is missing', async () => {
    const whole = await encode(96, 96);
    for (const length of [0, 1, 3, 20, 200, whole.length / 2, whole.length - 2, whole.length - 1]) assert.equal(decode!(whole.subarray(0, length)), undefined, `${length}`);
    const cut = Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.from([0xff, 0xd9])]);
    assert.equal(decode!(cut), undefined);
  });
});

describe('isPlain', () => {
  it('refuses a picture beyond 16.8 megapixels, and a header that ends early', async () => {
    assert.equal(isPlain(await sharp({ create: { width: 5000, height: 4000, channels: 3, background: 'red' } }).jpeg().toBuffer()), false);
    assert.equal(isPlain(Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0xff, 0xd9])), false);
  });
});
