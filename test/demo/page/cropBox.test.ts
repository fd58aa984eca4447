// The crop box stays a square within the picture, whatever is done to it.
import assert from 'node:assert/strict';
import { afterKey, firstBox, grown, moved, SMALLEST, stretched, within } from '../../../src/demo/page/cropBox.ts';
import type { Box } from '../../../src/data/resize.ts';
import { random } from '../../../src/random.ts';

const extent = { width: 640, height: 480 };

describe('demo/page/cropBox', () => {
  it('begins in the middle', () => {
    assert.deepEqual(firstBox(extent), { left: 160, top: 80, width: 320, height: 320 });
    assert.deepEqual(firstBox({ width: 480, height: 640 }), { left: 80, top: 160, width: 320, height: 320 });
  });

  it('moves and grows as far as the picture goes', () => {
    const box = firstBox(extent);
    assert.deepEqual(moved(box, 10, -20, extent), { ...box, left: 170, top: 60 });
    assert.deepEqual(moved(box, 999, 999, extent), { ...box, left: 320, top: 160 });
    assert.deepEqual(grown(box, 40, extent), { left: 140, top: 60, width: 360, height: 360 });
    assert.deepEqual(grown(box, 999, extent), { left: 0, top: 0, width: 480, height: 480 });
    assert.equal(grown(box, -999, extent).width, SMALLEST);
    assert.deepEqual(stretched(box, 999, extent), { ...box, width: 400, height: 400 }, 'the upper left corner stays');
  });

  it('follows the keys, and leaves other keys alone', () => {
    const box = firstBox(extent);
    assert.equal(afterKey(box, 'ArrowLeft', extent)!.left, box.left - 8);
    assert.equal(afterKey(box, 'ArrowDown', extent)!.top, box.top + 8);
    assert.ok(afterKey(box, '+', extent)!.width > box.width && afterKey(box, '-', extent)!.width < box.width);
    assert.equal(afterKey(box, 'Tab', extent), undefined);
  });

  it('never leaves the picture', () => {
    const draw = random('boxes');
    let box: Box = firstBox(extent);
    for (let i = 0; i < 500; i++) {
      const by = (): number => draw.uniform(-300, 300);
      box = draw.pick([() => moved(box, by(), by(), extent), () => grown(box, by(), extent), () => stretched(box, by(), extent), () => within(by(), by(), by(), extent)])();
      assert.ok(box.left >= 0 && box.top >= 0 && box.left + box.width <= 640 && box.top + box.height <= 480 && box.width === box.height && box.width >= SMALLEST, JSON.stringify(box));
      assert.ok(Object.values(box).every(Number.isInteger));
    }
  });
});
