// Which clips come with a demo's page.
import assert from 'node:assert/strict';
import type { Clip } from '../../src/data/clip.ts';
import { chooseClips } from '../../src/demo/clips.ts';

const clips: Clip[] = Array.from({ length: 12 }, (_, i) => ({ id: String(i), label: i % 3, frames: ['x'] }));
const ids = (chosen: readonly Clip[]): string[] => chosen.map(({ id }) => id);

describe('demo/clips', () => {
  it('takes as many of each class, from weak to strong, whatever the order of the list', () => {
    const intensity = new Map(clips.map(({ id }) => [id, [0, (11 - Number(id)) / 12, 0.01]]));
    assert.deepEqual(ids(chooseClips(clips, 3, 6, intensity)), ['6', '0', '7', '1', '8', '2']);
    assert.deepEqual(ids(chooseClips([...clips].reverse(), 3, 6, intensity)), ['6', '0', '7', '1', '8', '2']);
  });

  it('spreads over the list where no intensity is known, and takes one a class at least', () => {
    assert.deepEqual(ids(chooseClips(clips, 3, 6)), ['3', '9', '4', '10', '5', '11']);
    assert.deepEqual(ids(chooseClips(clips, 3, 1)), ['6', '7', '8']);
  });

  it('gives what there is of a small class and nothing of an empty one', () => {
    assert.deepEqual(ids(chooseClips(clips.slice(0, 5), 4, 12)), ['0', '3', '1', '4', '2']);
  });
});
