// What the page says of a clip, a backend and a camera, in words.
import assert from 'node:assert/strict';
import { AGREEMENT, disagreement, factsOf } from '../../../src/demo/page/answer.ts';
import { backendText } from '../../../src/demo/page/answering.ts';
import { cameraProblem } from '../../../src/demo/page/camera.ts';
import { backendsFrom } from '../../../src/demo/page/network.ts';

const names = ['happiness', 'sadness', 'neutral'];

describe('demo/page/answer', () => {
  const clip = { caption: 'clip 00012, 8 of 30 frames', notes: [] };

  it('compares with the true label and with the native engine', () => {
    const logits = [1, 2, 0];
    const facts = factsOf({ ...clip, truth: { label: 1, peak: 0.634, logits: [1, 2.000001, 0] } }, { logits, ms: 7.25 }, 1, names);
    assert.deepEqual(facts.map(({ text }) => text), ['clip 00012, 8 of 30 frames; 7.3 ms in the network', 'true label sadness, peak intensity 0.63 of 1: recognised', 'the native engine\'s logits of this clip differ by at most 1.0e-6']);
    assert.match(factsOf({ ...clip, truth: { label: 2 } }, { logits, ms: 100 }, 1, names)[1]!.text, /^true label neutral: not recognised$/);
  });

  it('warns of a backend that disagrees, and of what is odd about the frames', () => {
    const [, , fact, note] = factsOf({ ...clip, notes: ['only 3 frames'], truth: { label: 1, logits: [1, 2.1, 0] } }, { logits: [1, 2, 0], ms: 1 }, 1, names);
    assert.match(fact!.text, /differ by 0\.10: do not trust this backend/);
    assert.deepEqual([fact!.isBad, note], [true, { text: 'only 3 frames', isBad: true }]);
    assert.equal(disagreement([1, 2], undefined), undefined);
    assert.ok(disagreement([1, 2], [1, 2 + AGREEMENT / 2])! < AGREEMENT);
  });

  it('names the backend, and why not those before it', () => {
    assert.equal(backendText({ backend: 'wasm', detail: '', refused: [{ backend: 'webgpu', reason: 'no graphics adapter' }] }), 'WebAssembly, float32; not WebGPU: no graphics adapter');
    assert.equal(backendText({ backend: 'webgl', detail: 'some card', refused: [] }), 'WebGL, float32 on some card');
  });

  it('tries what is asked for first, then the rest in its order', () => {
    assert.deepEqual(backendsFrom(undefined).map(({ backend, isAsked }) => [backend, isAsked]), [['webgpu', false], ['webgl', false], ['wasm', false]]);
    assert.deepEqual(backendsFrom('wasm').map(({ backend, isAsked }) => [backend, isAsked]), [['wasm', true], ['webgpu', false], ['webgl', false]]);
  });

  it('says in words why there is no camera', () => {
    assert.match(cameraProblem(new DOMException('Permission denied', 'NotAllowedError')), /^the camera was refused: allow it/);
    assert.match(cameraProblem(new DOMException('', 'NotFoundError')), /no camera was found/);
    assert.match(cameraProblem(new DOMException('', 'AbortError')), /could not be started \(AbortError\)/);
  });
});
