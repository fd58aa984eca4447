import assert from 'node:assert/strict';
import { EXPRESSIONS } from '../../src/labels.ts';
import { nameClasses, withClassRows } from '../../src/runs/classes.ts';
import type { HostTensor } from '../../src/runs/safetensors.ts';

describe('runs/classes', () => {
  const ALPHABET = ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'];

  it('seven expressions in any order and under any word get DFEW\'s order', () => {
    assert.deepEqual(nameClasses(ALPHABET, 7), { labelNames: EXPRESSIONS, rows: [3, 5, 4, 0, 6, 1, 2] });
    assert.deepEqual(nameClasses(['Happy', 'Sad', 'Neutral', 'Angry', 'Surprise', 'Disgust', 'Fear'], 7), { labelNames: EXPRESSIONS, rows: undefined });
    assert.deepEqual(nameClasses(undefined, 7), { labelNames: EXPRESSIONS, rows: undefined });
  });

  it('other classes keep the order of the file', () => {
    assert.deepEqual(nameClasses(['x', 'y'], 2), { labelNames: ['x', 'y'], rows: undefined });
    assert.deepEqual(nameClasses(undefined, 3).labelNames, ['class 0', 'class 1', 'class 2']);
    assert.equal(nameClasses([...ALPHABET.slice(1), 'contempt'], 7).rows, undefined);
  });

  it('refuses another number of names, and a name twice', () => {
    for (const names of [['a'], ['a', 'a'], ['a', ''], ['a', 'b', 'c']]) assert.throws(() => nameClasses(names, 2), /--labels: expected the 2 classes of the network, each once/);
  });

  it('withClassRows moves the rows of the classifier and of the auxiliary heads, nothing else', () => {
    const tensor: HostTensor = { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }, bias: HostTensor = { dtype: 'F32', shape: [2], data: Float32Array.of(5, 6) };
    const moved = withClassRows(new Map<string, HostTensor>([['fc_f.weight', tensor], ['fc_f.bias', bias], ['s_former.layer2.0.AUX_fc.1.weight', tensor], ['s_former.layer2.0.AUX_fc.0.weight', tensor]]), [1, 0]);
    assert.deepEqual([...moved.values()].map(({ data }) => [...data as Float32Array]), [[3, 4, 1, 2], [6, 5], [3, 4, 1, 2], [1, 2, 3, 4]]);
  });
});
