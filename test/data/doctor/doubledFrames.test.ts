// Which names in a clip's folder are the same frame, and which are frames of their own.
import assert from 'node:assert/strict';
import { doubledFrames } from '../../../src/data/doctor/doubledFrames.ts';

const doubles = (...names: string[]): [string, string][] => [...doubledFrames(names)];

describe('doubledFrames', () => {
  it('finds another format, another padding, and copies of file managers', () => {
    assert.deepEqual(doubles('1.jpg', '2.jpg', '1.png', '2.PNG'), [['1.png', '1.jpg'], ['2.PNG', '2.jpg']]);
    assert.deepEqual(doubles('3.jpg', '03.jpg', '3 (1).jpg', '3 - Kopie.jpg', '3 - Copy (2).jpg', '3 copy 2.jpg'), ['03.jpg', '3 (1).jpg', '3 - Kopie.jpg', '3 - Copy (2).jpg', '3 copy 2.jpg'].map((name) => [name, '3.jpg']));
    assert.deepEqual(doubles('c/00001_00003.jpg', 'c/00001_00003 (1).jpg'), [['c/00001_00003 (1).jpg', 'c/00001_00003.jpg']]);
  });

  it('takes numbers of any kind for frames of their own', () => {
    for (const names of [['0.jpg', '00010.jpg', '1.jpg', '100.jpg'], ['face (1).jpg', 'face (2).jpg', 'face.jpg'], ['1_1.jpg', '11.jpg', '1_01_2.jpg'], ['v.mp4#frame=1', 'v.mp4#frame=10'], ['copy 1.jpg', 'copy 2.jpg']]) assert.deepEqual(doubles(...names), [], names.join());
  });
});
