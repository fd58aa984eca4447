import assert from 'node:assert/strict';
import { bfloat16Support } from '../../src/engine/processor.ts';

describe('engine/processor', () => {
  it('bfloat16Support knows tiles, vectors and neither from the kernel\'s description', () => {
    assert.equal(bfloat16Support('model name\t: X\nflags\t\t: fpu avx512_bf16 amx_bf16 amx_tile\n'), 'tiles');
    assert.equal(bfloat16Support('flags\t\t: fpu avx512f avx512_bf16\n'), 'vectors');
    assert.equal(bfloat16Support('Features\t: fp asimd bf16 i8mm\n'), 'vectors');
    assert.equal(bfloat16Support('flags\t\t: fpu avx2\n'), 'none');
    assert.equal(bfloat16Support(''), 'none');
  });
});
