// What stands beside the probabilities.
import assert from 'node:assert/strict';
import { caveatsOf, datasetText } from '../../src/demo/caveats.ts';
import { RECORD } from '../runs/record.ts';

describe('demo/caveats', () => {
  const record = RECORD;

  it('a synthetic run has never seen a face, and is not called a run of the set whose layout it has', () => {
    const synthetic = { ...record, dataset: { ...record.dataset, isSynthetic: true } };
    assert.match(caveatsOf(synthetic)[0]!, /rendered faces only.*never seen a real face/);
    assert.match(datasetText(synthetic), /^synthetic benchmark in the layout of DFEW, fold \d$/);
  });

  it('a run of a licensed set, imported weights, a leaky selection and bfloat16 have their own', () => {
    const real = { ...record, dataset: { ...record.dataset, isSynthetic: false } };
    assert.match(caveatsOf(real)[0]!, /films/);
    assert.match(datasetText(real), /^DFEW, fold \d$/);
    const imported = { ...real, dataset: { ...real.dataset, fingerprint: '' }, importedFrom: { file: '/home/somebody/model.pth', sha256: 'x', format: 'zip' as const } };
    assert.match(caveatsOf(imported)[0]!, /imported \(model\.pth\)/);
    assert.doesNotMatch(caveatsOf(imported).join(), /somebody/, 'no path of a machine goes into a page that is given away');
    assert.equal(datasetText(imported), 'imported weights');
    assert.match(caveatsOf({ ...real, experiment: { ...real.experiment, selection: 'best-on-test' } }).at(-1)!, /^LEAKY: /);
    assert.match(caveatsOf({ ...real, experiment: { ...real.experiment, precision: 'bf16' } }).at(-1)!, /bfloat16/);
  });
});
