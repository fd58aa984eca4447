import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { preset, VARIANTS, withSettings, type ExperimentConfig } from '../../src/config.ts';
import { featureSize, isBuffer, mapSizes, parameterCount, specification, usedParameterCount } from '../../src/model/specification.ts';

const paper = preset('paper');

describe('model/specification', () => {
  it('specification(paper) is the authors\' state dict: every name, shape and order', () => {
    const lines = readFileSync(new URL('../fixtures/params.tsv', import.meta.url), 'utf8').trim().split('\n').slice(1).filter((line) => !line.startsWith('#'));
    const theirs = lines.map((line) => { const [name, kind, , shape] = line.split('\t'); return `${name} ${kind} ${shape}`; });
    const ours = specification(paper).map((spec) => `${spec.name} ${isBuffer(spec) ? 'buffer' : 'param'} ${spec.shape.join('x') || 'scalar'}`);
    assert.equal(theirs.length, 181);
    assert.deepEqual(ours, theirs);
  });

  it('specification(paper) marks unused exactly the tensors that never get a gradient in the authors\' code', () => {
    const lines = readFileSync(new URL('../fixtures/params.tsv', import.meta.url), 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t'));
    const theirs = lines.filter((columns) => columns[5] === 'None').map(([name]) => name);
    const ours = specification(paper).filter((spec) => !spec.isUsed && !isBuffer(spec)).map((spec) => spec.name);
    assert.deepEqual(ours, theirs);
    assert.equal(ours.length, 15);
    assert.equal(parameterCount(paper) - usedParameterCount(paper), 146_752);
  });

  it('parameterCount(paper) is 19,083,527', () => {
    assert.equal(parameterCount(paper), 19_083_527);
  });

  it('parameterCount of variants follows by arithmetic', () => {
    const count = (settings: Partial<ExperimentConfig>): number => parameterCount({ ...paper, ...settings });
    // a GCA block of C channels and an m x m map: bias1, bias2, two linear layers of the head, glb, gc, fc1, fc2
    const gca = (c: number, m: number, r = 16): number => 2 * c + (c * 2 * c + 2 * c * 7) + c * c + c * m * m + 2 * c * (c / r);
    const dead = 64 + gca(64, 28); // s_former.bias and layer1's attention that is never called
    assert.equal(count(VARIANTS.baseline), 19_083_527 - dead - gca(128, 14) - gca(256, 7));
    assert.equal(count(VARIANTS.ial), count(VARIANTS.baseline));
    assert.equal(count(VARIANTS.gca), 19_083_527);
    assert.equal(count({ gca: { layer2: true, layer3: false } }), 19_083_527 - gca(256, 7));
    assert.equal(count({ reduction: 8 }), 19_083_527 + 2 * (64 * 4 + 128 * 8 + 256 * 16));
    // without the temporal transformer: its positions, and twice (2 norms, qkv, projection, MLP) of 4096
    const temporal = 16 * 4096 + 2 * (2 * 2 * 4096 + 4096 * 384 + 128 * 4096 + 4096 + 4096 * 512 + 512 + 512 * 4096 + 4096);
    assert.equal(count({ temporal: 'mean' }), 19_083_527 - temporal);
    // without the fusion: positions of the 16 places, three blocks (one shortcut), the static transformer
    const block = 2 * (256 * 256 * 9 + 2 * 256), shortcut = 256 * 256 + 2 * 256;
    const still = 16 * 256 + 2 * (2 * 2 * 256 + 256 * 384 + 128 * 256 + 256 + 256 * 256 + 256 + 256 * 256 + 256);
    assert.equal(count({ fusion: false }), 19_083_527 - (3 * block + shortcut) - still);
    assert.equal(count({ numClasses: 11 }), 19_083_527 + 4 * (4096 + 1) + 4 * 2 * (64 + 128 + 256));
  });

  it('mapSizes and featureSize follow from the image size, odd maps included', () => {
    assert.deepEqual(mapSizes(112), { stem: 28, layer2: 14, layer3: 7, fusion: 4 });
    assert.deepEqual(mapSizes(56), { stem: 14, layer2: 7, layer3: 4, fusion: 2 });
    assert.equal(featureSize(paper), 4096);
    assert.equal(featureSize(withSettings(paper, ['imageSize=224'])), 256 * 49);
    assert.equal(featureSize(preset('tiny')), 256);
  });
});
