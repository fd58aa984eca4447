import assert from 'node:assert/strict';
import { EXPRESSIONS, expressionIndex } from '../src/labels.ts';

describe('labels', () => {
  it('EXPRESSIONS are in DFEW\'s order', () => {
    assert.deepEqual(EXPRESSIONS, ['happiness', 'sadness', 'neutral', 'anger', 'surprise', 'disgust', 'fear']);
  });

  it('expressionIndex resolves the datasets\' words, whatever their case, and refuses others', () => {
    assert.deepEqual(['Happy', 'Sad', 'Neutral', 'Angry', 'Surprise', 'Disgust', 'Fear'].map(expressionIndex), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(['happiness', ' ANGER ', 'fearful'].map(expressionIndex), [0, 3, 6]);
    assert.deepEqual(['contempt', '', 'constructor'].map(expressionIndex), [-1, -1, -1]);
  });
});
