import assert from 'node:assert/strict';
import { applyToFrames, brightnessTable, drawAugmentation, noAugmentation, pixelMap, scaleCrop, type Augmentation } from '../../src/data/augment.ts';
import { random } from '../../src/random.ts';
import { picture } from './folders.ts';

const DRAWS = 20_000;
const draws = (width: number, height: number, count = DRAWS): Augmentation[] => {
  const generator = random('draws', width, height);
  return Array.from({ length: count }, () => drawAugmentation(generator, width, height));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const close = (found: number, expected: number, tolerance: number): void => assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected} within ${tolerance}, found ${found}`);

/** The authors' steps one by one on numbers: flip, /255, brightness, rotation as torchvision samples it (affine grid, nearest, zeros). */
function reference(frame: Uint8Array, size: number, { flip, brightness, rotation }: Omit<Augmentation, 'crop'>): Float32Array {
  const lit = new Float32Array(frame.length);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) for (let c = 0; c < 3; c++) {
    const value = Math.fround(frame[(y * size + (flip ? size - 1 - x : x)) * 3 + c]! / 255);
    lit[(y * size + x) * 3 + c] = Math.min(1, Math.max(0, Math.fround(value * Math.fround(brightness))));
  }
  const out = new Float32Array(frame.length);
  const angle = (rotation / 180) * Math.PI;
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const [gx, gy] = [(2 * x + 1) / size - 1, (2 * y + 1) / size - 1]; // grid in [-1, 1], align_corners off
    const sx = Math.round((((Math.cos(angle) * gx - Math.sin(angle) * gy + 1) * size) - 1) / 2);
    const sy = Math.round((((Math.sin(angle) * gx + Math.cos(angle) * gy + 1) * size) - 1) / 2);
    if (sx < 0 || sy < 0 || sx >= size || sy >= size) continue;
    for (let c = 0; c < 3; c++) out[(y * size + x) * 3 + c] = lit[(sy * size + sx) * 3 + c]!;
  }
  return out;
}

describe('drawAugmentation', () => {
  it('crops .85 to 1 of the area with an aspect of .85 to 1.18, and falls back to the whole of a square frame in 18 % of draws', () => {
    const crops = draws(224, 224).map(({ crop }) => crop);
    const cropped = crops.filter(({ width, height }) => width < 224 || height < 224);
    close(1 - cropped.length / DRAWS, 0.18, 0.015);
    const aspects = cropped.map(({ width, height }) => width / height);
    assert.ok(Math.min(...aspects) > 0.84 && Math.max(...aspects) < 1.19, `${Math.min(...aspects)} to ${Math.max(...aspects)}`);
    const areas = cropped.map(({ width, height }) => (width * height) / 224 / 224);
    assert.ok(Math.min(...areas) > 0.84 && Math.max(...areas) <= 1);
    assert.ok(mean(areas) > 0.87 && mean(areas) < 0.93, `mean area ${mean(areas)}`);
  });

  it('places crops anywhere inside the frame, evenly', () => {
    for (const [width, height] of [[224, 224], [112, 80]] as const) {
      const crops = draws(width, height).map(({ crop }) => crop);
      assert.ok(crops.every(({ left, top, width: w, height: h }) => left >= 0 && top >= 0 && left + w <= width && top + h <= height && w > 0 && h > 0));
      const free = crops.filter(({ width: w }) => w < width);
      close(mean(free.map(({ left, width: w }) => left / (width - w))), 0.5, 0.02);
    }
  });

  it('falls back to the largest square at a random place when no aspect fits', () => {
    const crops = draws(300, 100, 2000).map(({ crop }) => crop);
    assert.ok(crops.every(({ width, height, top }) => width === 100 && height === 100 && top === 0));
    assert.equal(Math.min(...crops.map(({ left }) => left)), 0);
    assert.equal(Math.max(...crops.map(({ left }) => left)), 200);
  });

  it('flips half, scales brightness by .4 to 1.6 and rotates by -4 to 4 degrees, uniformly', () => {
    const list = draws(112, 112);
    close(mean(list.map(({ flip }) => Number(flip))), 0.5, 0.012);
    for (const [values, low, high] of [[list.map(({ brightness }) => brightness), 0.4, 1.6], [list.map(({ rotation }) => rotation), -4, 4]] as const) {
      const shares = values.map((value) => (value - low) / (high - low));
      assert.ok(Math.min(...shares) >= 0 && Math.max(...shares) < 1);
      close(mean(shares), 0.5, 0.01);
      close(mean(shares.map((share) => (share - 0.5) * (share - 0.5))), 1 / 12, 0.003);
    }
  });

  it('is plain data that depends on its key alone', () => {
    const one = drawAugmentation(random(1, 'augment', 2, '00001'), 224, 224);
    assert.deepEqual(one, structuredClone(drawAugmentation(random(1, 'augment', 2, '00001'), 224, 224)));
    assert.notDeepEqual(one, drawAugmentation(random(1, 'augment', 3, '00001'), 224, 224));
  });
});

describe('applyToFrames', () => {
  it('equals the steps one by one: flip, /255, brightness with clamp, rotation, for all frames alike', () => {
    const size = 37;
    const frames = Buffer.concat([picture(size, size, 1), picture(size, size, 2)]);
    for (const [flip, brightness, rotation] of [[false, 1, 0], [true, 1, 0], [false, 1.6, 0], [true, 0.4, 4], [false, 1.3, -3.3], [true, 1.55, 0.7]] as const) {
      const augmentation: Augmentation = { crop: { left: 0, top: 0, width: size, height: size }, flip, brightness, rotation };
      const out = new Float32Array(frames.length);
      applyToFrames(frames, size, augmentation, out);
      const expected = [0, 1].flatMap((frame) => [...reference(frames.subarray(frame * size * size * 3, (frame + 1) * size * size * 3), size, augmentation)]);
      assert.deepEqual([...out], expected, JSON.stringify(augmentation));
    }
  });

  it('noAugmentation divides by 255 and does nothing else', () => {
    const out = new Float32Array(12);
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i * 23);
    applyToFrames(bytes, 2, noAugmentation(2, 2), out);
    assert.deepEqual(out, Float32Array.from(bytes, (byte) => byte / 255));
  });

  it('brightness is clamped at 1 and black stays black', () => {
    const table = brightnessTable(1.6);
    assert.equal(table[0], 0);
    assert.equal(table[255], 1);
    assert.equal(table[100], Math.fround(Math.fround(100 / 255) * Math.fround(1.6)));
  });

  it('rotation by a positive angle turns the picture counter-clockwise, corners become black, the centre stays', () => {
    const size = 101;
    const map = pixelMap({ flip: false, rotation: 4 }, size)!;
    assert.equal(map[50 * size + 50], 50 * size + 50);
    assert.ok(map[50 * size + 98]! > 51 * size, 'what is seen at the right edge came from below');
    assert.equal(map[0], -1);
    assert.equal(pixelMap({ flip: false, rotation: 0 }, size), undefined);
  });
});

describe('scaleCrop', () => {
  it('crops the same share of a frame of another size and stays inside', () => {
    const crop = { left: 10, top: 20, width: 90, height: 80 };
    assert.deepEqual(scaleCrop(crop, { width: 100, height: 100 }, { width: 100, height: 100 }), crop);
    assert.deepEqual(scaleCrop(crop, { width: 100, height: 100 }, { width: 200, height: 50 }), { left: 20, top: 10, width: 180, height: 40 });
    assert.deepEqual(scaleCrop(crop, { width: 100, height: 100 }, { width: 1, height: 1 }), { left: 0, top: 0, width: 1, height: 1 });
  });
});
