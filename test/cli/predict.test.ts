// import, export and predict as their user types them.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { mapLimit } from '../../src/data/frames.ts';
import { decodePth } from '../../src/runs/pth/read.ts';
import { readSafetensors } from '../../src/runs/safetensors.ts';
import { temporaryFolder } from '../runs/support.ts';
import { outcome, start, type Outcome } from './process.ts';

const AUTHORS = 'test/fixtures/pth/authors.pth';
/** In a process of its own: in this one mocha's modules and those that a command loads later would be two copies. */
const ial = (...args: readonly string[]): Promise<Outcome> => outcome(start('../../bin/ial.mjs', args));

describe('ial import, export, predict', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder(), name);

  async function makeClip(name: string, frames: number): Promise<string> {
    mkdirSync(at(name));
    for (let i = 0; i < frames; i++) await sharp({ create: { width: 48, height: 48, channels: 3, background: { r: 200 - 20 * i, g: 150, b: 120 } } }).png().toFile(join(at(name), `${i}.png`));
    return at(name);
  }

  it('a checkpoint in, a question asked, the same weights out', async () => {
    const imported = await ial('import', AUTHORS, '--out', at('run'));
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /^weights {3}test\/fixtures\/pth\/authors\.pth \(torch\.save, ZIP; SHA-256 [0-9a-f]{12}\.\.\.\)\nnetwork {3}12,095 parameters; width 2\/4\/2, images of 40, 3 x 1 frames, GCA layer2 and layer3, fusion on, temporal transformer\nclasses {3}happiness, .*\nrun {7}\S+ \(epoch 0\)\n$/);
    assert.match(imported.stderr, /^note: "module\." taken off every name$/m);

    const predicted = await ial('predict', await makeClip('clip', 5), '--run', at('run'));
    assert.equal(predicted.code, 0, predicted.stderr);
    assert.match(predicted.stdout, /clip: \w+, ahead of \w+ by \d\.\d\d \(logits\)\n( {2}\w+ +\d+\.\d % .*\n){7}what each of the 3 frames shown \(of 5\) adds .*\n( {2}\d\.png [ +-]\d\.\d{3} .*\n){3} {2}decode .*\nengine and weights .* first call .*, warm .* a clip\n$/);
    assert.match(predicted.stderr, /note: weights imported from .*authors\.pth: what they were trained on/);

    const exported = await ial('export', at('run'), '--out', at('w.safetensors'), '--json');
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal((JSON.parse(exported.stdout) as { tensors: number }).tensors, 181);
    assert.deepEqual(Object.fromEntries(await readSafetensors(at('w.safetensors'))), Object.fromEntries(decodePth(readFileSync(AUTHORS), 'x').tensors));
  });

  it('--json is one document; of many clips the unreadable ones are said and the exit is 1', async () => {
    await ial('import', AUTHORS, '--out', at('run'));
    const [a, b] = [await makeClip('a', 4), await makeClip('b', 2)];
    const { code, stdout, stderr } = await ial('predict', a, at('none'), b, '--run', at('run'), '--json', '--no-frames');
    assert.equal(code, 1);
    const report = JSON.parse(stdout) as { clips: { clip: string; probabilities: { probability: number }[]; frames: object[]; warnings: string[] }[]; failed: { clip: string; reason: string }[]; latency: Record<string, number> };
    assert.deepEqual(report.clips.map(({ clip }) => clip), [a, b]);
    assert.deepEqual(report.failed.map(({ clip }) => clip), [at('none')]);
    assert.ok(report.clips.every(({ probabilities, frames }) => probabilities.length === 7 && frames.every((frame) => !('contribution' in frame))));
    assert.match(report.clips[1]!.warnings.join(), /only 2 frames, the network sees 3/);
    assert.deepEqual(Object.keys(report.latency), ['load', 'first', 'warm']);
    assert.match(stderr, /^ial: \S+none: expected a folder of frames or a video file, found nothing$/m);
  });

  it('says what is wrong in one line, and leaves nothing', async () => {
    await ial('import', AUTHORS, '--out', at('run'));
    const clip = await makeClip('clip', 3);
    const cases: [string[], RegExp][] = [
      [['import', 'package.json', '--out', at('x')], /^ial: package\.json: not a PyTorch checkpoint that can be read: it begins with 7b 0a 20 20/],
      [['import', AUTHORS, '--out', at('x'), '--set', 'width=1/2/3'], /^ial: .*its tensors show width = \[2,4,2\], --set asks for \[1,2,3\]/],
      [['import', AUTHORS, '--out', at('run')], /^ial: .*run: holds a run already/],
      [['export', at('x'), '--out', at('w.safetensors')], /^ial: .*x: no such run folder/],
      [['export', at('run'), '--out', at('w.pth')], /^ial: .*w\.pth: this writes safetensors/],
      [['predict', clip, '--run', at('x')], /^ial: .*x: no such run folder/],
      [['predict', clip, '--run', at('run'), '--box', '0,0,9'], /^ial: option '--box <x,y,w,h>' argument '0,0,9' is invalid\. Expected x,y,width,height/],
      [['predict', '--run', at('run')], /^ial: missing required argument 'clip'/],
    ];
    await mapLimit(cases, 3, async ([args, expected]) => {
      const { code, stdout, stderr } = await ial(...args);
      assert.equal(code, 1, args.join(' '));
      const last = stderr.trimEnd().split('\n').at(-1)!;
      assert.match(last, expected);
      assert.match(last, /^ial: /);
      assert.equal(stdout, '');
    });
    assert.deepEqual([existsSync(at('x')), existsSync(at('w.safetensors')), existsSync(at('w.pth'))], [false, false, false]);
  });
});
