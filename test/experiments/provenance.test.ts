import assert from 'node:assert/strict';
import { describeMachine, sourceCommit, versions } from '../../src/experiments/provenance.ts';
import type { Engine } from '../../src/engine/tensorflow.ts';

const engine = (own: Partial<Engine>): Engine => ({ device: 'cpu', threads: 2, kernels: 'cpu-avx2', ...own } as Engine);

describe('provenance', () => {
  it('names what decides in which order sums are made', () => {
    assert.match(describeMachine(engine({})), /^cpu, 2 threads, cpu-avx2 kernels, \S/);
    assert.match(describeMachine(engine({ threads: 1, kernels: undefined })), /^cpu, 1 thread, TensorFlow's own kernels, \S/);
    assert.match(describeMachine(engine({ device: 'gpu', kernels: undefined })), /^gpu, 2 threads, (?!.*kernels)\S/);
  });

  it('knows the commit, and the versions of Node and of the project', () => {
    assert.match(sourceCommit() ?? '', /^([0-9a-f]{40}(-dirty)?)?$/);
    const { node, project, tensorflow } = versions(null);
    assert.deepEqual([node, tensorflow], [process.versions.node, null]);
    assert.match(project, /^\d+\.\d+\.\d+/);
  });
});
