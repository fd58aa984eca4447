import assert from 'node:assert/strict';
import { preset, variantOf } from '../../src/config.ts';
import { costOf, multiplyAdds, multiplyAddsAsReleased } from '../../src/experiments/cost.ts';
import { COST } from '../../src/experiments/published.ts';
import { parameterCount } from '../../src/model/specification.ts';

const giga = (count: number): string => (count / 1e9).toFixed(2);

describe('costOf', () => {
  it('counts what the released code was counted to, and less without its double calls', () => {
    const paper = preset('paper');
    assert.equal(giga(multiplyAddsAsReleased(paper)), String(COST.gigaMultiplyAdds.released));
    assert.equal(giga(multiplyAdds(paper)), '5.62');
  });

  it('has every parameter in one part', () => {
    for (const name of ['paper', 'small', 'tiny']) for (const variant of ['baseline', 'gca', 'gca+ial']) {
      const config = { ...preset(name), ...variantOf(variant) };
      assert.equal(costOf(config).reduce((sum, { parameters }) => sum + parameters, 0), parameterCount(config));
    }
    const small = { ...preset('tiny'), fusion: false, temporal: 'mean' as const };
    assert.equal(costOf(small).reduce((sum, { parameters }) => sum + parameters, 0), parameterCount(small));
    assert.deepEqual(costOf(small).map(({ part }) => part), ['stem', 'layer1', 'layer2', 'layer3', 'patch embedding', 'classifier']);
  });

  it('a plain convolution costs its filter at every place of its output', () => {
    // 16 frames of 112: conv 3 -> 64 and 64 -> 64 at 56 x 56
    assert.equal(costOf(preset('paper'))[0]!.multiplyAdds, 16 * 9 * 56 * 56 * (3 * 64 + 64 * 64));
  });

  it('GCA adds little', () => {
    const paper = preset('paper'), added = multiplyAdds(paper) - multiplyAdds({ ...paper, ...variantOf('baseline') });
    assert.ok(added > 0 && added < 1e-3 * multiplyAdds(paper));
  });
});
