import assert from 'node:assert/strict';
import { encodeJson, findDuplicateKey, parseJson } from '../../src/files/json.ts';

describe('JSON', () => {
  it('encodeJson refuses NaN and infinity and says where', () => {
    assert.throws(() => encodeJson({ losses: { total: NaN } }, 'm.jsonl'), /^UserError: m\.jsonl: refused to write NaN at losses\.total/);
    assert.throws(() => encodeJson({ a: [1, [-Infinity]] }, 'm'), /-Infinity at a\[1\]\[0\]/);
    assert.throws(() => encodeJson(Float32Array.of(1, Infinity), 'm'), /Infinity at \[1\]/);
    assert.throws(() => encodeJson(NaN, 'm'), /NaN at the top/);
  });

  it('encodeJson refuses what would vanish or become null in a list', () => {
    assert.throws(() => encodeJson([1, undefined], 'm'), /undefined at \[1\] would become null/);
    assert.throws(() => encodeJson({ f: () => 1 }, 'm'), /a function at f/);
    assert.throws(() => encodeJson({ n: 1n }, 'm'), /a bigint at n/);
  });

  it('encodeJson writes typed arrays as arrays and leaves absent options out', () => {
    assert.equal(encodeJson({ a: Int32Array.of(1, 2), b: undefined, c: null }, 'm'), '{"a":[1,2],"c":null}');
  });

  it('parseJson names the file in one line', () => {
    assert.throws(() => parseJson('{\n"a":\n}', 'config.json'), /^UserError: config\.json: not valid JSON: [^\n]+$/);
  });

  it('findDuplicateKey sees keys, not values, at any depth', () => {
    assert.equal(findDuplicateKey('{"a":{"x":1},"b":{"x":"a"}}'), undefined);
    assert.equal(findDuplicateKey('{"a":"}\\"{","b":[{"c":1},{"c":2}]}'), undefined);
    assert.equal(findDuplicateKey('{"a":[{"c":1,"c":2}]}'), 'c');
  });
});
