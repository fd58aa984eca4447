import assert from 'node:assert/strict';
import { InvalidArgumentError } from 'commander';
import { parseBox } from '../../src/cli/commands/predict.ts';
import { bar, frameBars, milliseconds, predictionText, probabilityBars } from '../../src/cli/predictView.ts';

describe('cli/predictView', () => {
  it('bars grow in eighths of a character', () => {
    assert.deepEqual([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(0.25 / 8, 4), bar(0.4, 1), bar(-1, 4), bar(7, 2)], ['', '██', '████', '▏', '▍', '', '██']);
  });

  it('classes stand by probability', () => {
    const text = probabilityBars({ probabilities: [{ label: 'sad', probability: 0.2, logit: 0 }, { label: 'happy', probability: 0.8, logit: 1 }] });
    assert.deepEqual(text.split('\n'), [`  happy  80.0 %  ${'█'.repeat(32)}`, `  sad    20.0 %  ${'█'.repeat(8)}`]);
  });

  it('frames that speak for the rival stand on the other side', () => {
    const text = frameBars({ margin: 2, frames: [{ index: 0, name: '1.jpg', contribution: 0.5 }, { index: 1, name: '22.jpg', contribution: -0.25 }, { index: 2, name: '3.jpg', contribution: 0 }] });
    assert.equal(frameBars({ margin: 2, frames: [{ index: 0, name: 'a', contribution: 0.1 }] }), `  a +0.100  ${' '.repeat(16)}│${'█'.repeat(8)}`, 'half of a tenth of the lead');
    assert.deepEqual(text.split('\n'), [`   1.jpg +0.500  ${' '.repeat(16)}│${'█'.repeat(16)}`, `  22.jpg -0.250  ${' '.repeat(8)}${'█'.repeat(8)}│`, `   3.jpg  0.000  ${' '.repeat(16)}│`]);
  });

  it('a whole prediction, with contributions and without', () => {
    const prediction = { clip: 'c', frameCount: 20, predicted: 'a', rival: 'b', margin: 1.234, probabilities: [{ label: 'a', probability: 1, logit: 1 }], frames: [{ index: 0, name: '1.jpg' }], warnings: [], latency: { decode: 3.21, network: 45.6, total: 48.8 } };
    assert.match(predictionText(prediction), /^c: a, ahead of b by 1\.23 \(logits\)\n {2}a 100\.0 % {2}█+\n {2}decode 3\.2 ms, network 46 ms, total 49 ms$/);
    assert.match(predictionText({ ...prediction, frames: [{ index: 0, name: '1.jpg', contribution: 0.1 }], latency: { ...prediction.latency, contributions: 700 } }), /what each of the 1 frames shown \(of 20\) adds.*\n {2}1\.jpg \+0\.100 .*\n.*contributions 700 ms/);
    assert.equal(milliseconds(1234.5), '1235 ms');
  });

  it('parseBox takes four whole numbers and nothing else', () => {
    assert.deepEqual(parseBox('40,20,200,210'), { left: 40, top: 20, width: 200, height: 210 });
    for (const text of ['', '1,2,3', '1,2,3,4,5', '1,2,0,4', '-1,2,3,4', '1.5,2,3,4', 'a,b,c,d', ',,,']) assert.throws(() => parseBox(text), InvalidArgumentError, text);
  });
});
