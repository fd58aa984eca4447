import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { resizeInto, type Box, type RawImage } from '../../src/data/resize.ts';
import { random } from '../../src/random.ts';
import { picture } from './folders.ts';

/** Noise: byte i is the top byte of the 32-bit product i * 2654435761. */
const noise = (width: number, height: number): RawImage => ({ data: Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24), width, height });

function resize(image: RawImage, box: Box, size: number): Uint8Array {
  const out = new Uint8Array(size * size * 3);
  resizeInto(image, box, size, out);
  return out;
}

const whole = ({ width, height }: RawImage): Box => ({ left: 0, top: 0, width, height });

/** SHA-256 of `Image.fromarray(noise).crop(box).resize((size, size), Image.BILINEAR)` by Pillow 13.0.0. */
const PILLOW: readonly (readonly [number, number, readonly [number, number, number, number], number, string])[] = [
  [224, 224, [0, 0, 224, 224], 112, '54006e5fc657d829903b67311a2664ff8ca83426f0276ce2c16dfc31dc50ae7b'],
  [224, 224, [3, 5, 210, 217], 112, '0b5a943e01f9d6d87ff4b9311d7d928baca572c92f32296284c10185bcd64ee9'],
  [256, 256, [0, 0, 256, 256], 112, '60b3752f31801448ea889809baa0c79f607dfe310a8b6556855a3d23692fc517'],
  [112, 112, [0, 0, 112, 112], 56, '517b2b69194666b26e38681ea4b652e50fac6124fe272ae6851efb4fa157602e'],
  [112, 112, [2, 1, 105, 110], 112, '10b89d895a4549ae0e235f7905cc3fa5ebc7cd53fb3d693064f4979da72c1762'],
  [90, 70, [10, 0, 70, 70], 56, '34cb2029084d3b6fe2684b0f95eb4543d8d60d4b87ec058cd084dd1ce0a7d571'],
  [640, 480, [0, 0, 640, 480], 56, '3961924bfd6a86b0415e653d787cca9ba556729d5b8cda4152d6e22e62b64154'],
  [112, 112, [0, 0, 112, 112], 112, '983fd6d0d7180025d3620fa6c500b2751213fa8eb17deebbfbf13a8a663e9eac'],
  [3, 2, [0, 0, 3, 2], 8, '8f1e11c062cf57e92fac4f4c9c247445934b52652aa98765f47445a2eb693236'],
  [1, 1, [0, 0, 1, 1], 8, '75932f2646ed530bcf4ed7c83a8e1f8282bd3af61310018b6571aee2b6f3db8a'],
];

/** Pillow's Resample.c line by line: weights of 22 bits, bytes between the passes. */
function pillow(image: RawImage, box: Box, size: number): Uint8Array {
  const filters = (from: number): readonly (readonly (readonly [number, number])[])[] => Array.from({ length: size }, (_, i) => {
    const support = Math.max(from / size, 1), center = (i + 0.5) * (from / size);
    const low = Math.max(0, Math.trunc(center - support + 0.5)), high = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: high - low }, (__, x) => Math.max(0, 1 - Math.abs((x + low - center + 0.5) * (1 / support))));
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((weight, x) => [low + x, Math.trunc(0.5 + (weight / sum) * 2 ** 22)] as const);
  });
  const weigh = (taps: readonly (readonly [number, number])[], at: (place: number) => number): number => taps.reduce((sum, [place, weight]) => sum + at(place) * weight, 2 ** 21) >> 22;
  const [columns, rows] = [filters(box.width), filters(box.height)];
  const middle = Uint8Array.from({ length: box.height * size * 3 }, (_, i) => {
    const y = Math.floor(i / 3 / size) + box.top;
    return weigh(columns[Math.floor(i / 3) % size]!, (x) => image.data[(y * image.width + box.left + x) * 3 + (i % 3)]!);
  });
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => weigh(rows[Math.floor(i / 3 / size)]!, (y) => middle[y * size * 3 + (i % (size * 3))]!));
}

/** The same operation the slow way: both passes in double precision, without a byte between them. */
function exact(image: RawImage, box: Box, size: number): Float64Array {
  const weights = (from: number, i: number): readonly (readonly [number, number])[] => {
    const support = Math.max(from / size, 1);
    const center = ((i + 0.5) * from) / size;
    const list = Array.from({ length: from }, (_, x) => [x, Math.max(0, 1 - Math.abs(x + 0.5 - center) / support)] as const).filter(([, weight]) => weight > 0);
    const sum = list.reduce((total, [, weight]) => total + weight, 0);
    return list.map(([x, weight]) => [x, weight / sum]);
  };
  const out = new Float64Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (const [sy, wy] of weights(box.height, y)) {
        for (const [sx, wx] of weights(box.width, x)) {
          for (let c = 0; c < 3; c++) out[(y * size + x) * 3 + c]! += wx * wy * image.data[((sy + box.top) * image.width + sx + box.left) * 3 + c]!;
        }
      }
    }
  }
  return out;
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

describe('resizeInto', () => {
  for (const [width, height, [left, top, w, h], size, hash] of PILLOW) {
    it(`gives Pillow's bytes for ${w}x${h} of ${width}x${height} to ${size}`, () => {
      const bytes = resize(noise(width, height), { left, top, width: w, height: h }, size);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), hash);
    });
  }

  it("gives the bytes of Pillow's two passes for any crop, also of one pixel, also to a larger size", () => {
    const draw = random(1, 'crops');
    for (let trial = 0; trial < 150; trial++) {
      const width = 1 + draw.integer(90), height = 1 + draw.integer(90), size = 1 + draw.integer(60);
      const [w, h] = [1 + draw.integer(width), 1 + draw.integer(height)];
      const box = { left: draw.integer(width - w + 1), top: draw.integer(height - h + 1), width: w, height: h }, image = noise(width, height);
      assert.deepEqual(resize(image, box, size), pillow(image, box, size), `${JSON.stringify(box)} of ${width}x${height} to ${size}`);
    }
  });

  it('is within one grey level of the same filter in double precision (two roundings of half a level each)', () => {
    for (const [box, size] of [[{ left: 1, top: 2, width: 40, height: 37 }, 16], [{ left: 0, top: 0, width: 44, height: 44 }, 60]] as const) {
      const image: RawImage = { data: picture(44, 44), width: 44, height: 44 };
      assert.ok(largest(resize(image, box, size), exact(image, box, size)) <= 1);
    }
  });

  it("is what sharp's linear kernel means too, but for some grey levels: why we do not leave the resize to libvips", async () => {
    const image: RawImage = { data: picture(224, 224), width: 224, height: 224 };
    const ours = resize(image, whole(image), 112);
    const theirs = await sharp(image.data, { raw: { width: 224, height: 224, channels: 3 } }).resize(112, 112, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
    const mean = ours.reduce((sum, value, i) => sum + Math.abs(value - theirs[i]!), 0) / ours.length;
    assert.ok(mean < 1 && largest(ours, theirs) < 8, `mean ${mean}, largest ${largest(ours, theirs)}`);
  });

  it('writes at an offset and nowhere else, and leaves the image as it is', () => {
    const image = noise(20, 20);
    const before = image.data.slice();
    const out = new Uint8Array(8 * 8 * 3 * 3);
    resizeInto(image, whole(image), 8, out, 192);
    assert.deepEqual(out.subarray(192, 384), resize(image, whole(image), 8));
    assert.ok(out.subarray(0, 192).every((byte) => byte === 0) && out.subarray(384).every((byte) => byte === 0));
    assert.deepEqual(image.data, before);
  });
});
