import assert from 'node:assert/strict';
import { layout, percent, points, signed, wrap } from '../../src/figures/figure.ts';
import { EXPRESSION_COLOURS, runStyle } from '../../src/figures/palette.ts';
import { EXPRESSIONS } from '../../src/labels.ts';

describe('the figures\' theme', () => {
  it('wrap(text, width) breaks between words, never inside one', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('a 95 % interval', 6), ['a 95 %', 'interval']);
    assert.deepEqual(wrap('of a 95 % interval', 6), ['of a', '95 %', 'interval']);
    assert.deepEqual(wrap('incomprehensible', 4), ['incomprehensible']);
  });

  it('layout grows with the lines of its title', () => {
    const height = (title: string): number => layout({ title, height: 100 }).height;
    assert.ok(height('word '.repeat(40)) > height('word'));
  });

  it('percent and points write numbers as the text does', () => {
    assert.equal(percent(0.5571), '55.7');
    assert.equal(percent(null), '–');
    assert.equal(points(-0.012), '−1.2');
    assert.equal(points(0.024), '+2.4');
    assert.equal(points(-0.0004), '0.0');
    assert.deepEqual([-3.456, 0.004, 2].map((value) => signed(value)), ['−3.46', '0.00', '+2.00']);
  });

  it('every expression has a colour of its own', () => {
    assert.equal(new Set(EXPRESSIONS.map((name) => EXPRESSION_COLOURS[name])).size, EXPRESSIONS.length);
  });

  it('a single run looks like the second of two: it is not a baseline', () => {
    assert.deepEqual(runStyle(0, 1), runStyle(1, 2));
    assert.notDeepEqual(runStyle(0, 2), runStyle(1, 2));
  });
});
