import assert from 'node:assert/strict';
import { classSharesFigure } from '../../src/figures/classShares.ts';
import { matchSnapshot } from './snapshot.ts';

const labelNames = ['a', 'b', 'c'];

describe('classSharesFigure', () => {
  it('draws each set\'s shares, counts in the hover text, and names the rarest class of the first', () => {
    const figure = classSharesFigure([{ name: 'DFEW', counts: [70, 25, 5] }, { name: 'benchmark', counts: [10, 10, 10] }], { labelNames });
    matchSnapshot('classShares', figure);
    assert.match(JSON.stringify(figure.layout['title']).replaceAll('<br>', ' '), /DFEW: c is 5\.0\u00a0% of the clips and a share of 1 in 3 of UAR/);
  });

  it('refuses counts of other classes, and has nothing to say of no clips', () => {
    assert.throws(() => classSharesFigure([{ name: 'x', counts: [1] }], { labelNames }), /RangeError: classSharesFigure: x has 1 counts for 3 classes/);
    assert.match(JSON.stringify(classSharesFigure([], { labelNames }).layout['title']), /No clips/);
  });
});
