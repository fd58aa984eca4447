// The camera's window.
import assert from 'node:assert/strict';
import { rollingWindow } from '../../../src/demo/page/rollingWindow.ts';

describe('demo/page/rollingWindow', () => {
  it('holds the newest frames in the order of time', () => {
    const window = rollingWindow(3);
    for (const value of [1, 2]) window.push(Uint8Array.of(value, value));
    assert.equal(window.count(), 2);
    assert.throws(() => window.images(), /holds 2 of 3 frames/);
    for (const value of [3, 4]) window.push(Uint8Array.of(value, value));
    assert.deepEqual([...window.images()], [2, 2, 3, 3, 4, 4]);
    window.clear();
    assert.equal(window.count(), 0);
  });
});
