import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataset } from '../../../src/data/dataset.ts';
import { readIdentities, readIntensity } from '../../../src/data/sidecar.ts';
import { GENERATOR_VERSION, renderClip, renderSynthetic, resolveParameters, syntheticBenchmark, type BenchmarkOptions, type SyntheticParameters } from '../../../src/data/synthetic/index.ts';

const base = { layout: 'dfew', clips: 43, seed: 11, size: 16, frames: [2, 4] } as const;
const isUserError = (pattern: RegExp) => (error: Error): boolean => error.name === 'UserError' && pattern.test(error.message);

describe('syntheticBenchmark', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'benchmark-')); });
  after(() => rm(folder, { recursive: true }));

  for (const [what, options, fold] of [
    ['DFEW', base, 4], ['FERV39k', { ...base, layout: 'ferv39k' }, 1], ['raters\' labels', { ...base, labels: 'raters', balanced: false }, 2],
  ] as const satisfies readonly (readonly [string, BenchmarkOptions, number])[]) {
    it(`knows of a folder in the layout of ${what} what its readers find there, without the folder`, async () => {
      const root = join(folder, what);
      await renderSynthetic({ ...options, root, workers: 1 });
      const { parameters } = JSON.parse(await readFile(join(root, 'synthetic.json'), 'utf8')) as { parameters: SyntheticParameters };
      const found = await readDataset({ name: options.layout, root, fold });
      const planned = syntheticBenchmark(parameters);
      const { fingerprint, train, test } = planned.dataset(fold);
      assert.equal(fingerprint, found.fingerprint);
      assert.deepEqual([...train, ...test].map(({ frames }) => frames.map((frame) => join(root, frame))), [...found.train, ...found.test].map(({ frames }) => frames));
      assert.deepEqual(planned.intensity(), await readIntensity(root));
      assert.deepEqual(planned.identities(), await readIdentities(root));
      assert.deepEqual(planned.ids, [...planned.identities().keys()]);
      const { id, frames } = found.test[0]!;
      assert.deepEqual(await renderClip(options, id), await Promise.all(frames.map((frame) => readFile(frame))));
    });
  }

  it('draws single frames in the order asked for', async () => {
    const benchmark = syntheticBenchmark(base);
    const all = await benchmark.render('00003');
    assert.deepEqual(await benchmark.render('00003', [1, 0]), [all[1], all[0]]);
  });

  it('refuses clips, frames and folds that there are not, and the parameters of another generator', async () => {
    const benchmark = syntheticBenchmark(base);
    await assert.rejects(benchmark.render('00044'), isUserError(/expected one of its 43 clips such as 00001, found "00044"/));
    await assert.rejects(benchmark.render('00001', [9]), /RangeError: renderClip: expected frames from 0 to \d, found 9/);
    assert.throws(() => benchmark.dataset(6), isUserError(/fold from 1 to 5, found 6/));
    assert.throws(() => syntheticBenchmark({ ...base, layout: 'ferv39k' }).dataset(2), isUserError(/fold from 1 to 1, found 2/));
    assert.throws(() => syntheticBenchmark({ ...resolveParameters(base), generatorVersion: GENERATOR_VERSION + 1 }), isUserError(/expected generator version 2, found 3/));
  });
});
