import assert from 'node:assert/strict';
import { cropWarnings } from '../../src/data/cropCheck.ts';
import type { RawImage } from '../../src/data/resize.ts';

type Colour = readonly [number, number, number];
const SKIN: readonly Colour[] = [[224, 172, 140], [141, 85, 60], [90, 56, 40]], SKY: Colour = [90, 140, 220];

/** A face-coloured square in the middle of a background; `share` of the side. */
function picture(width: number, height: number, share: number, face: Colour, around: Colour): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
    const isFace = Math.abs(x - width / 2) < (share * width) / 2 && Math.abs(y - height / 2) < (share * height) / 2;
    data.set(isFace ? face : around, 3 * (y * width + x));
  }
  return { data, width, height };
}

describe('data/cropCheck', () => {
  it('is silent over square crops that a face of any skin fills, and over grey ones', () => {
    for (const face of SKIN) assert.deepEqual(cropWarnings([picture(224, 224, 0.8, face, SKY)]), [], String(face));
    assert.deepEqual(cropWarnings([picture(224, 224, 0.1, [200, 200, 200], [20, 20, 20])]), [], 'colours of a grey film say nothing');
  });

  it('warns of frames that are not square, larger than any crop, or hardly of a skin\'s colour', () => {
    assert.match(cropWarnings([picture(640, 360, 0.9, SKIN[0]!, SKY)]).join('|'), /^frames are 640 x 360: face crops are about square/);
    assert.match(cropWarnings([picture(1080, 1080, 0.9, SKIN[0]!, SKY)]).join('|'), /^frames are 1080 x 1080: face crops of DFEW and FERV39k have 224/);
    assert.match(cropWarnings([picture(224, 224, 0.3, SKIN[1]!, SKY)]).join('|'), /^only \d+ % of the pixels have a skin's colour: .*\(judged by colour alone\)$/);
  });

  it('judges what a box leaves, not the scene around it', () => {
    const scene = picture(640, 360, 0.3, SKIN[0]!, SKY), face = { left: 230, top: 135, width: 180, height: 100 };
    assert.match(cropWarnings([scene], { ...face, height: 100 }).join('|'), /^the box is 180 x 100: /);
    assert.deepEqual(cropWarnings([scene], { left: 265, top: 130, width: 100, height: 100 }), []);
    assert.equal(cropWarnings([scene], { left: 0, top: 0, width: 100, height: 100 }).length, 1, 'a box beside the face');
  });
});
