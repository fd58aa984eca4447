import assert from 'node:assert/strict';
import { preset, validate, withSettings, type ExperimentConfig } from '../../src/config.ts';
import { UserError } from '../../src/errors.ts';
import { recognise } from '../../src/model/recognise.ts';
import { specification } from '../../src/model/specification.ts';

const shapesOf = (config: ExperimentConfig): Map<string, readonly number[]> => new Map(specification(config).map(({ name, shape }) => [name, shape]));

function refused(shapes: ReadonlyMap<string, readonly number[]>, expected: RegExp, base = preset('paper')): void {
  assert.throws(() => recognise(shapes, base, 'x.pth'), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, expected);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
}

describe('model/recognise', () => {
  const paper = preset('paper');

  it('gives the paper\'s, the small and the tiny network back from shapes alone, whatever the base', () => {
    for (const name of ['paper', 'small', 'tiny']) {
      const config = preset(name);
      const { preset: _, ...network } = recognise(shapesOf(config), paper, 'x').config;
      for (const key of ['width', 'imageSize', 'numSegments', 'framesPerSegment', 'numClasses', 'gca', 'reduction', 'fusion', 'temporal', 'staticMlp', 'temporalMlp'] as const) assert.deepEqual(network[key], config[key], `${name}: ${key}`);
    }
  });

  it('tells every ablation of the plans: where the GCA stands, its reduction, fusion, the temporal part, classes', () => {
    const ablations = ['gca.layer2=false auxWeight=0', 'gca.layer3=false', 'gca.layer2=false gca.layer3=false auxWeight=0', 'reduction=4', 'reduction=8', 'reduction=32', 'fusion=false', 'temporal=mean', 'numClasses=11', 'imageSize=64 numSegments=8'];
    for (const ablation of ablations) {
      const config = withSettings(paper, ablation.split(' '));
      const { config: found } = recognise(shapesOf(config), paper, 'x');
      assert.deepEqual(found, validate(config), ablation);
    }
  });

  it('keeps the loss and the optimiser of the base, but no auxiliary loss without its head', () => {
    const base = withSettings(paper, ['lambda=0.5']);
    assert.equal(recognise(shapesOf(paper), base, 'x').config.lambda, 0.5);
    assert.equal(recognise(shapesOf(withSettings(paper, ['gca.layer2=false', 'auxWeight=0'])), base, 'x').config.auxWeight, 0);
  });

  it('says what no tensor shows', () => {
    const bare = withSettings(paper, ['gca.layer2=false', 'gca.layer3=false', 'auxWeight=0']);
    const { notes } = recognise(shapesOf(bare), paper, 'x');
    assert.match(notes.join('\n'), /image size 112: its tensors would also fit 104, 120, 128/);
    assert.match(notes.join('\n'), /16 frames as 16 segments of 1/);
    assert.deepEqual(recognise(shapesOf(paper), withSettings(paper, ['numSegments=8', 'framesPerSegment=2']), 'x').config.framesPerSegment, 2);
    refused(shapesOf(bare), /^x\.pth: its tensors fit images of 104, 112, 120, 128 pixels: say which with --set imageSize=128$/, withSettings(paper, ['imageSize=64']));
    refused(shapesOf(withSettings(paper, ['numSegments=15'])), /positions for 15 frames, which are no multiple of framesPerSegment=2/, withSettings(paper, ['numSegments=8', 'framesPerSegment=2']));
    assert.match(recognise(shapesOf(withSettings(paper, ['temporal=mean'])), paper, 'x').notes.join(), /without a temporal transformer no tensor shows how many/);
  });

  it('names the keys of another network, Former-DFER\'s too', () => {
    refused(new Map([['conv1.weight', [64, 3, 7, 7]], ['fc.weight', [1000, 512]]]), /^x\.pth: not the weights of this network: there is no "s_former\.conv1\.0\.weight"; 2 of its 2 tensors do not belong: conv1\.weight, fc\.weight$/);
    refused(new Map([['s_former.conv1.weight', [64, 3, 7, 7]], ['t_former.pos_embedding', [1, 17, 512]], ['fc.weight', [7, 512]]]), /3 of its 3 tensors do not belong: .*t_former is Former-DFER's temporal transformer: another architecture/);
    refused(new Map([...shapesOf(paper), ['fc_f.weight', [7, 4096, 1]]]), /"fc_f\.weight" is \[7, 4096, 1\]/);
  });

  it('lists shortly what is missing, too much or of another shape', () => {
    const some = shapesOf(paper);
    for (const name of [...some.keys()].filter((name) => name.includes('layer4.1'))) some.delete(name);
    refused(some, /do not make up one network: 12 missing \(s_former\.layer4\.1\.conv1\.weight, .* and 8 more\)$/);
    refused(new Map([...shapesOf(paper), ['s_former.extra', [3]]]), /: 1 that do not belong \(s_former\.extra\)$/);
    refused(new Map([...shapesOf(paper), ['s_former.layer2.0.conv2.weight', [128, 128, 1, 9]]]), /1 of another shape \(s_former\.layer2\.0\.conv2\.weight \[128, 128, 1, 9\] instead of \[128, 128, 3, 3\]\)$/);
    refused(new Map([...shapesOf(paper), ['fc_f.weight', [7, 4095]]]), /the sizes of its maps fit no image/);
  });
});
