import assert from 'node:assert/strict';
import { classColours, EXPRESSION_COLOURS } from '../../src/figures/palette.ts';
import { EXPRESSIONS } from '../../src/labels.ts';

describe('classColours', () => {
  it('keeps the expressions\' colours, in any order and by any of their words', () => {
    assert.deepEqual(classColours(EXPRESSIONS), EXPRESSIONS.map((name) => EXPRESSION_COLOURS[name]));
    assert.deepEqual(classColours(['Fearful', 'happy']), [EXPRESSION_COLOURS.fear, EXPRESSION_COLOURS.happiness]);
  });

  it('gives every class of a larger set a colour that no other has', () => {
    const eleven = [...EXPRESSIONS, 'contempt', 'anxiety', 'helplessness', 'disappointment'], fourteen = [...eleven, 'a', 'b', 'c'];
    assert.equal(new Set(classColours(eleven)).size, 11);
    assert.equal(new Set(classColours(fourteen)).size, 14);
    assert.equal(new Set(classColours(['bored', 'very bored', 'happy', 'sad', 'neutral'])).size, 5);
  });
});
