import assert from 'node:assert/strict';
import { framesPerClip, preset, PRESETS, validate, variantOf, withSettings } from '../src/config.ts';

const paper = preset('paper');
const message = (f: () => unknown): string => { try { f(); return ''; } catch (error) { return `${(error as Error).name}: ${(error as Error).message}`; } };

describe('config', () => {
  it('preset("paper") is the authors\' recipe', () => {
    const { width, imageSize, numSegments, framesPerSegment, lambda, auxWeight, optimizer, learningRate, momentum, weightDecay, decayEvery, decayFactor, batchSize } = paper;
    assert.deepEqual({ width, imageSize, numSegments, framesPerSegment, lambda, auxWeight, optimizer, learningRate, momentum, weightDecay, decayEvery, decayFactor, batchSize }, {
      width: [64, 128, 256], imageSize: 112, numSegments: 16, framesPerSegment: 1, lambda: 0.1, auxWeight: 0.05,
      optimizer: 'sgd', learningRate: 1e-3, momentum: 0.9, weightDecay: 0.1, decayEvery: 7, decayFactor: 0.5, batchSize: 40,
    });
    assert.equal(framesPerClip(withSettings(paper, ['numSegments=8', 'framesPerSegment=2'])), 16);
  });

  it('every preset and variant is valid', () => {
    for (const config of Object.values(PRESETS)) for (const variant of ['baseline', 'gca', 'ial', 'gca+ial']) validate({ ...config, ...variantOf(variant) });
  });

  it('withSettings parses numbers, switches, lists and nested keys, and leaves the preset alone', () => {
    const config = withSettings(paper, ['lambda=0.5', 'fusion=off', 'width=8/16/32', 'gca.layer3=false', 'optimizer=adamw', 'epochs=3']);
    assert.deepEqual([config.lambda, config.fusion, config.width, config.gca, config.optimizer, config.epochs], [0.5, false, [8, 16, 32], { layer2: true, layer3: false }, 'adamw', 3]);
    assert.deepEqual([paper.lambda, paper.gca.layer3], [0.1, true]);
  });

  it('withSettings says in one line what is wrong with a setting', () => {
    const told: [string, RegExp][] = [
      ['lamda=1', /^UserError: --set: there is no setting "lamda"; the settings are width, imageSize/],
      ['gca=true', /there is no setting "gca"/],
      ['gca.layer9=true', /there is no setting "gca\.layer9"/],
      ['constructor.name=x', /there is no setting "constructor\.name"/],
      ['lambda', /expected key=value, found "lambda"/],
      ['lambda=a', /--set lambda: expected a number, found "a"/],
      ['lambda=', /expected a number, found ""/],
      ['lambda=-1', /setting lambda: expected a number of at least 0, found -1/],
      ['fusion=maybe', /expected true or false/],
      ['width=1/2', /expected 3 numbers such as 64\/128\/256/],
      ['width=1/2/0.5', /setting width: expected whole numbers/],
      ['epochs=1.5', /setting epochs: expected a whole number of at least 1, found 1\.5/],
      ['batchSize=0', /setting batchSize/],
      ['learningRate=0', /setting learningRate: expected a number above 0/],
      ['optimizer=adam', /setting optimizer: expected one of sgd, adamw/],
      ['selection=best', /setting selection: expected one of last, best-on-validation, best-on-test/],
      ['imageSize=100', /setting imageSize: expected a multiple of 8/],
      ['numSegments=1', /expected at least 2 frames/],
      ['gca.layer2=false', /setting auxWeight: expected 0 where layer2 has no GCA block/],
      ['numClasses=1', /setting numClasses: expected at least 2/],
    ];
    for (const [setting, expected] of told) assert.match(message(() => withSettings(paper, [setting])), expected, setting);
  });

  it('unknown presets and variants are named with the known ones', () => {
    assert.match(message(() => preset('huge')), /--preset: expected one of paper, small, tiny, found "huge"/);
    assert.match(message(() => variantOf('toString')), /--variant: expected one of baseline, gca, ial, gca\+ial/);
  });
});
