import assert from 'node:assert/strict';
import { decodeEntry, encodeEntry, entryKey, entrySize, ENTRY_VERSION } from '../../src/data/cacheEntry.ts';
import { picture } from './folders.ts';

const image = { data: new Uint8Array(picture(6, 4)), width: 6, height: 4 };
const stamp = { size: 5217n, mtimeNs: 1_764_000_000_123_456_789n };
const key = entryKey('/data/1.jpg', 'decoded');
const changed = (at: number, to?: number): Buffer => {
  const bytes = encodeEntry(image, key, stamp);
  bytes[at] = to ?? bytes[at]! ^ 1;
  return bytes;
};

const refusal = (bytes: Buffer): string => {
  const found = decodeEntry(bytes, key, stamp);
  assert.ok(typeof found === 'string');
  return found;
};

describe('cache entries', () => {
  it('give back the frame that went in', () => {
    const bytes = encodeEntry(image, key, stamp);
    assert.equal(bytes.length, entrySize(image));
    const found = decodeEntry(bytes, key, stamp);
    assert.ok(typeof found === 'object');
    assert.deepEqual([found.width, found.height, new Uint8Array(found.data)], [6, 4, image.data]);
  });

  it('are refused with any byte of them changed', () => {
    for (let at = 0; at < entrySize(image); at++) assert.ok(refusal(changed(at)).length > 0);
  });

  it('are refused when cut or extended, however little', () => {
    const bytes = encodeEntry(image, key, stamp);
    for (const length of [0, 1, 63, 64, bytes.length - 1]) assert.match(refusal(bytes.subarray(0, length)), /^expected .*\d+ bytes, found \d+$|^expected a header of 64 bytes, found \d+$/);
    assert.match(refusal(Buffer.concat([bytes, Buffer.alloc(1)])), /expected 136 bytes, found 137/);
  });

  it('say why: another format, damage, another frame, another variant, a changed source', () => {
    const bytes = encodeEntry(image, key, stamp);
    assert.match(refusal(changed(4, ENTRY_VERSION + 1)), /expected format version 1, found 2/);
    assert.equal(decodeEntry(changed(100), key, stamp), 'its checksum is wrong');
    assert.equal(decodeEntry(changed(0), key, stamp), 'not an entry of this cache');
    assert.equal(decodeEntry(bytes, entryKey('/data/2.jpg', 'decoded'), stamp), 'the entry of another frame');
    assert.equal(decodeEntry(bytes, entryKey('/data/1.jpg', 'resized to 112'), stamp), 'the entry of another frame');
    for (const other of [{ ...stamp, size: 5218n }, { ...stamp, mtimeNs: stamp.mtimeNs + 1n }]) assert.equal(decodeEntry(bytes, key, other), 'its frame has changed since');
  });
});
