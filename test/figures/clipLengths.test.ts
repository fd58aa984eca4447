import assert from 'node:assert/strict';
import { clipLengthsFigure } from '../../src/figures/clipLengths.ts';
import { matchSnapshot } from './snapshot.ts';

describe('clipLengthsFigure', () => {
  it('draws shares of clips by length, and says how many are shorter than what the network sees', () => {
    const figure = clipLengthsFigure([{ name: 'short', frames: [3, 8, 8, 11, 12] }, { name: 'long', frames: [16, 17, 30] }], { seen: 16 });
    matchSnapshot('clipLengths', figure);
    assert.match(JSON.stringify(figure.layout['title']).replaceAll('<br>', ' '), /Shorter than the 16 frames that the network sees: 100\.0\u00a0% of short, 0\.0\u00a0% of long/);
    const [short, long] = figure.data as readonly { readonly y: readonly number[] }[];
    for (const { y } of [short!, long!]) assert.ok(Math.abs(y.reduce((sum, value) => sum + value, 0) - 100) < 0.1, 'every clip is in a bin');
  });
});
