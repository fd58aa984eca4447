import assert from 'node:assert/strict';
import { classesOf } from '../../src/data/classes.ts';

const of = (...labels: string[]) => classesOf(labels.map((label, i) => ({ label, where: `list.csv:${i + 1}` })), 'list.csv');

describe('classesOf', () => {
  it('puts the seven expressions first, in DFEW\'s order under this project\'s names, others by the alphabet', () => {
    const { names, of: index, note } = of('surprise', 'anxiety', 'Happy', 'Neutral', 'helplessness', 'contempt', 'ANG');
    assert.deepEqual(names, ['happiness', 'neutral', 'anger', 'surprise', 'anxiety', 'contempt', 'helplessness']);
    assert.deepEqual(['Happy', 'ANG', 'helplessness'].map(index), [0, 2, 6]);
    assert.equal(note, 'classes: 7 by name, happiness, neutral, anger, surprise, anxiety, contempt, helplessness (Happy is happiness, ANG is anger)');
  });

  it('does not depend on the order of the list, and takes two words for one expression as one class', () => {
    assert.deepEqual(of('sad', 'joy', 'fear').names, of('fear', 'sad', 'joy', 'sadness').names);
  });

  it('orders numbers as numbers, padded or not', () => {
    const { names, of: index } = of('10', '02', '2', '0');
    assert.deepEqual([names, index('02'), index('10')], [['0', '2', '10'], 1, 2]);
  });

  it('refuses numbers among words, one word in two spellings, and a single class', () => {
    assert.throws(() => of('sad', '3'), /^UserError: list\.csv:2: expected a class by name as "sad" at list\.csv:1, found the number 3/);
    assert.throws(() => of('joy', 'Joy'), /expected one spelling of a class, found "joy" and "Joy"/);
    assert.throws(() => of('sad', 'sadness'), /expected at least two classes, found only "sadness"/);
  });
});
