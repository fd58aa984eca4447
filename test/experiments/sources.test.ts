import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/home.ts';
import { hashSources } from '../../src/experiments/sources.ts';
import { identityKey, identityOf } from '../../src/experiments/identity.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('which sources made a run', () => {
  const folder = temporaryFolder();
  const root = (): string => join(folder(), 'copy');
  beforeEach(() => {
    mkdirSync(root());
    for (const part of ['src', 'engine-requirements', 'README.md']) cpSync(join(packageRoot(), part), join(root(), part), { recursive: true });
  });

  it('a change of the data, the model, the losses, the training or the engine with its kernels changes the hash', () => {
    let before = hashSources(root());
    for (const file of ['src/data/augment.ts', 'src/data/synthetic/render.ts', 'src/model/gca.ts', 'src/losses.ts', 'src/train/fit.ts', 'src/engine/native.ts', 'src/engine/cpu/winograd.h', 'src/engine/cpu/convolution.cc', 'src/evaluate/metrics.ts', 'src/experiments/run.ts', 'engine-requirements/cpu.txt']) {
      writeFileSync(join(root(), file), '// changed');
      const after = hashSources(root());
      assert.notEqual(after, before, file);
      before = after;
    }
  });

  it('a README, a table, a figure, a command or a note beside the kernels changes nothing', () => {
    const before = hashSources(root());
    for (const file of ['README.md', 'src/experiments/tables.ts', 'src/experiments/published.ts', 'src/figures/confusion.ts', 'src/cli/main.ts', 'src/engine/cpu/notes.md', 'src/index.ts']) writeFileSync(join(root(), file), '// changed');
    assert.equal(hashSources(root()), before);
  });

  it('a run is itself by its experiment, its clips, the bytes of a benchmark and the sources; one without recorded sources is never reused', () => {
    const key = (change: object): string => identityKey(identityOf({ ...RECORD, sources: 'a', ...change })!);
    const same = key({ createdAt: 'later', commit: 'other', device: 'gpu', dataset: { ...RECORD.dataset, root: '/moved' } });
    assert.equal(key({}), same);
    const others = [key({ sources: 'b' }), key({ rendered: 'digest' }), key({ dataset: { ...RECORD.dataset, fingerprint: 'x' } }), key({ experiment: { ...RECORD.experiment, lambda: 0.5 } })];
    assert.equal(new Set([same, ...others]).size, 5);
    assert.equal(identityOf(RECORD), undefined);
  });
});
