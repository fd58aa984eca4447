import assert from 'node:assert/strict';
import { authorsKeep, authorsTestIndices, authorsTrainIndices, testIndices, trainIndices } from '../../src/data/sampling.ts';
import { random } from '../../src/random.ts';

const DFEW = { numSegments: 16, framesPerSegment: 1 };
const FERV = { numSegments: 8, framesPerSegment: 2 };
/** Always the first, or always the last, of the places to draw from. */
const first = { integer: () => 0 };
const last = { integer: (n: number) => n - 1 };
const zeros = Array.from({ length: 16 }, () => 0);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('testIndices', () => {
  it('takes the middle frame of each segment: worked values for n = 17 and 70', () => {
    assert.deepEqual(testIndices(17, DFEW), [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16]);
    assert.deepEqual(testIndices(70, DFEW), [2, 6, 10, 15, 19, 24, 28, 32, 37, 41, 45, 50, 54, 59, 63, 67]);
  });

  it('testIndices(16) shows every frame once, testIndices(1) the only one', () => {
    assert.deepEqual(testIndices(16, DFEW), upTo(16));
    assert.deepEqual(testIndices(1, DFEW), zeros);
  });

  it('repeats neighbours evenly in short clips: n = 7 and 15', () => {
    assert.deepEqual(testIndices(7, DFEW), [0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 6, 6]);
    assert.deepEqual(testIndices(15, DFEW), [0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('equals the authors rule for every clip that they show properly', () => {
    for (let n = 17; n <= 850; n++) {
      assert.deepEqual(testIndices(n, DFEW), authorsTestIndices(n, DFEW), `n = ${n}`);
      assert.deepEqual(testIndices(n, FERV), authorsTestIndices(n, FERV), `n = ${n}, U8 x V2`);
    }
  });

  it('takes V consecutive frames of each segment: n = 28 with U8 x V2', () => {
    assert.deepEqual(testIndices(28, FERV), [1, 2, 5, 6, 8, 9, 11, 12, 15, 16, 18, 19, 21, 22, 25, 26]);
    assert.deepEqual(testIndices(1, FERV), zeros);
  });
});

describe('trainIndices', () => {
  it('draws from segments that end at floor((i + 1) n / U): worked bounds for n = 70 and 17', () => {
    assert.deepEqual(trainIndices(70, DFEW, first), [0, 4, 8, 13, 17, 21, 26, 30, 35, 39, 43, 48, 52, 56, 61, 65]);
    assert.deepEqual(trainIndices(70, DFEW, last), [3, 7, 12, 16, 20, 25, 29, 34, 38, 42, 47, 51, 55, 60, 64, 69]);
    assert.deepEqual(trainIndices(17, DFEW, first), upTo(16));
    assert.deepEqual(trainIndices(17, DFEW, last), [...upTo(15), 16]);
  });

  it('shows all frames of short clips, neighbours repeated: n = 1, 7, 15, 16', () => {
    assert.deepEqual(trainIndices(1, DFEW, last), zeros);
    assert.deepEqual(trainIndices(7, DFEW, last), [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6]);
    assert.deepEqual(trainIndices(15, DFEW, last), [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    assert.deepEqual(trainIndices(16, DFEW, last), upTo(16));
  });

  it('keeps the V frames of a segment within it where they fit: n = 28 with U8 x V2', () => {
    assert.deepEqual(trainIndices(28, FERV, first), [0, 1, 3, 4, 7, 8, 10, 11, 14, 15, 17, 18, 21, 22, 24, 25]);
    assert.deepEqual(trainIndices(28, FERV, last), [1, 2, 5, 6, 8, 9, 12, 13, 15, 16, 19, 20, 22, 23, 26, 27]);
  });
});

describe('both corrected rules', () => {
  const counts = [...upTo(120).map((n) => n + 1), 499, 847];

  it('give U x V indices inside the clip, in order for V = 1', () => {
    for (const n of counts) {
      for (const sampling of [DFEW, FERV, { numSegments: 8, framesPerSegment: 1 }, { numSegments: 3, framesPerSegment: 5 }]) {
        for (const indices of [testIndices(n, sampling), trainIndices(n, sampling, random(n))]) {
          assert.equal(indices.length, sampling.numSegments * sampling.framesPerSegment);
          assert.ok(indices.every((index) => Number.isInteger(index) && index >= 0 && index < n), `n = ${n}: ${indices.join()}`);
          if (sampling.framesPerSegment === 1) assert.ok(indices.every((index, i) => i === 0 || index >= indices[i - 1]!), `n = ${n}: ${indices.join()}`);
        }
      }
    }
  });

  it('show each frame of a clip of at most U frames, and never one frame twice in a longer one', () => {
    for (const n of counts) {
      for (const indices of [testIndices(n, DFEW), trainIndices(n, DFEW, random(n))]) assert.equal(new Set(indices).size, Math.min(n, 16), `n = ${n}`);
    }
  });

  it('repeat the frames of a short clip equally often, to within one', () => {
    for (let n = 1; n < 16; n++) {
      for (const indices of [testIndices(n, DFEW), trainIndices(n, DFEW, random(n))]) {
        const times = upTo(n).map((frame) => indices.filter((index) => index === frame).length);
        assert.ok(Math.max(...times) - Math.min(...times) <= 1, `n = ${n}: ${times.join()}`);
      }
    }
  });

  it('can draw every frame in training, where the authors never reach the last n % 16', () => {
    const drawn = (rule: typeof trainIndices): number => new Set(upTo(400).flatMap((i) => rule(79, DFEW, random('drawn', i)))).size;
    assert.equal(drawn(trainIndices), 79);
    assert.equal(drawn(authorsTrainIndices), 64);
  });
});

describe('the authors rules, defects included', () => {
  it('authorsTestIndices(16) is frame 0 sixteen times', () => {
    assert.deepEqual(authorsTestIndices(16, DFEW), zeros);
    assert.deepEqual(authorsTestIndices(7, DFEW), zeros);
    assert.deepEqual(authorsTestIndices(17, DFEW), testIndices(17, DFEW));
  });

  it('authorsTrainIndices has segments of floor(n / 16) frames', () => {
    assert.deepEqual(authorsTrainIndices(79, DFEW, last), upTo(16).map((i) => i * 4 + 3));
    assert.deepEqual(authorsTrainIndices(16, DFEW, last), upTo(16));
    assert.deepEqual(authorsTrainIndices(15, DFEW, last), zeros);
  });

  it('with U8 x V2 they draw sorted places when a clip has fewer than U of them left', () => {
    const pairOfZero = upTo(8).flatMap(() => [0, 1]);
    assert.deepEqual(authorsTrainIndices(8, FERV, last), pairOfZero);
    const draws = [6, 0, 5, 1, 4, 2, 3, 6];
    assert.deepEqual(authorsTrainIndices(9, { numSegments: 8, framesPerSegment: 3 }, { integer: () => draws.pop()! }).filter((_, i) => i % 3 === 0), [0, 1, 2, 3, 4, 5, 6, 6]);
    assert.deepEqual(authorsTestIndices(9, FERV), pairOfZero);
    assert.deepEqual(authorsTestIndices(10, FERV), [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9]);
  });

  it('authorsKeep drops clips of fewer than 16 frames', () => {
    assert.deepEqual([1, 15, 16, 847].map(authorsKeep), [false, false, true, true]);
  });
});
