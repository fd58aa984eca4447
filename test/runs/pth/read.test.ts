// Files that PyTorch wrote (test/fixtures/pth/make.py), and every layout of a state dict that training scripts leave.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { preset, withSettings } from '../../../src/config.ts';
import { formulaTensor } from '../../../src/experiments/parityFormula.ts';
import { recognise } from '../../../src/model/recognise.ts';
import { specification } from '../../../src/model/specification.ts';
import { fromHalf, toHalf } from '../../../src/runs/half.ts';
import { decodePth } from '../../../src/runs/pth/read.ts';
import { archive, call, dict, floats, int, name, pickle, storage, stream, tensor, text, tuple, zip, type Bytes } from './support.ts';

const fixture = (file: string): Uint8Array => readFileSync(fileURLToPath(new URL(`../../fixtures/pth/${file}`, import.meta.url)));
const NETWORK = withSettings(preset('paper'), ['width=2/4/2', 'imageSize=40', 'numSegments=3', 'reduction=2', 'staticMlp=5', 'temporalMlp=6']);

const numbers = (bytes: Uint8Array, of = 'w'): unknown => [...decodePth(bytes, 'x.pth').tensors.get(of)!.data];
const one = (shape: readonly number[], options?: Parameters<typeof tensor>[2], type = 'FloatStorage', count = 6): Uint8Array => pickle(dict({ w: tensor(storage('0', count, type), shape, options) }));
const SIX = floats(0, 1, 2, 3, 4, 5);

describe('pth/read', () => {
  it('authors.pth: a bare state dict of a DataParallel, in ZIP, float32: every number', () => {
    const { tensors, ...found } = decodePth(fixture('authors.pth'), 'authors.pth');
    assert.deepEqual(found, { format: 'zip', key: undefined, prefix: 'module.', beside: {} });
    const specs = specification(NETWORK);
    assert.deepEqual([...tensors.keys()], specs.map((spec) => spec.name), 'the authors\' names in their order');
    for (const spec of specs.filter(({ kind }) => kind !== 'batchCount')) assert.deepEqual(tensors.get(spec.name), { dtype: 'F32', shape: spec.shape, data: formulaTensor('pth', spec) }, spec.name);
    assert.deepEqual(tensors.get('s_former.bn1.num_batches_tracked'), { dtype: 'I64', shape: [], data: BigInt64Array.of(0n) });
  });

  it('wrapped.pth: Former-DFER\'s training state, in the stream before 1.6, half precision: every number, and what lies beside', () => {
    const { tensors, ...found } = decodePth(fixture('wrapped.pth'), 'wrapped.pth');
    assert.deepEqual(found, {
      format: 'stream', key: 'state_dict', prefix: 'module.', epoch: 17,
      beside: { epoch: '17', best_acc: 'a tensor of one number', optimizer: 'a dict of 2', recorder: 'an object of __main__.RecorderMeter', args: 'an object of argparse.Namespace', time: 'an object of datetime.datetime', spread: 'a tensor 3 x 2' },
    });
    for (const spec of specification(NETWORK).filter(({ kind }) => kind !== 'batchCount')) {
      assert.deepEqual(tensors.get(spec.name), { dtype: 'F16', shape: spec.shape, data: fromHalf(toHalf(formulaTensor('pth', spec))) }, spec.name);
    }
  });

  it('both tell the network that they are of', () => {
    for (const file of ['authors.pth', 'wrapped.pth']) {
      const shapes = new Map([...decodePth(fixture(file), file).tensors].map(([of, { shape }]) => [of, shape]));
      assert.deepEqual(recognise(shapes, preset('paper'), file).config, NETWORK, file);
    }
  });

  it('finds the weights under any of the usual keys, the only other one, or none', () => {
    const weights = dict({ w: tensor(storage('0', 6), [6]) });
    for (const key of ['state_dict', 'model_state_dict', 'model', 'net']) {
      const file = archive(pickle(dict({ epoch: int(3), [key]: weights, ema: weights, best_acc: tensor(storage('0', 6), [1]) })), { 0: SIX });
      assert.deepEqual([decodePth(file, 'x').key, decodePth(file, 'x').epoch], [key, 3]);
    }
    assert.equal(decodePth(archive(pickle(dict({ mine: weights, loss: int(1) })), { 0: SIX }), 'x').key, 'mine');
    assert.equal(decodePth(archive(one([6]), { 0: SIX }), 'x').key, undefined);
  });

  it('takes every prefix off that all names share', () => {
    const of = (key: string): Bytes => dict({ [`${key}a`]: tensor(storage('0', 6), [6]), [`${key}b`]: tensor(storage('0', 6), [6]) });
    for (const prefix of ['module.', '_orig_mod.', 'module._orig_mod.', 'module.module.']) {
      const found = decodePth(archive(pickle(of(prefix)), { 0: SIX }), 'x');
      assert.deepEqual([found.prefix, [...found.tensors.keys()]], [prefix, ['a', 'b']]);
    }
    const mixed = pickle(dict({ 'module.a': tensor(storage('0', 6), [6]), 'b': tensor(storage('0', 6), [6]) }));
    assert.deepEqual([...decodePth(archive(mixed, { 0: SIX }), 'x').tensors.keys()], ['module.a', 'b']);
  });

  it('honours offsets, strides and shared storages', () => {
    assert.deepEqual(numbers(archive(one([2, 2], { offset: 1, strides: [1, 2] }), { 0: SIX })), [1, 3, 2, 4]);
    assert.deepEqual(numbers(archive(one([3, 2], { strides: [1, 3] }), { 0: SIX })), [0, 3, 1, 4, 2, 5]);
    assert.deepEqual(numbers(archive(one([2], { offset: 4 }), { 0: SIX })), [4, 5]);
    assert.deepEqual(numbers(archive(one([1, 2, 1], { offset: 2, strides: [9, 3, 7] }), { 0: SIX })), [2, 5], 'the stride of a dimension of one does not matter');
    assert.deepEqual(numbers(archive(one([0, 3]), { 0: SIX })), []);
    assert.deepEqual(numbers(archive(one([], { offset: 5 }), { 0: SIX })), [5]);
    const shared = pickle(dict({ a: tensor(storage('0', 6), [3]), b: tensor(storage('0', 6), [3], { offset: 3 }) }));
    assert.deepEqual([numbers(archive(shared, { 0: SIX }), 'a'), numbers(archive(shared, { 0: SIX }), 'b')], [[0, 1, 2], [3, 4, 5]]);
  });

  it('reads every type, in either byte order', () => {
    const cases: [string, ArrayBufferView, unknown[]][] = [
      ['DoubleStorage', Float64Array.of(1.5, -2), [1.5, -2]], ['FloatStorage', Float32Array.of(1.5, -2), [1.5, -2]], ['HalfStorage', Uint16Array.of(0x3e00, 0xc000), [1.5, -2]],
      ['BFloat16Storage', Uint16Array.of(0x3fc0, 0xc000), [1.5, -2]], ['LongStorage', BigInt64Array.of(7n, -1n), [7n, -1n]], ['IntStorage', Int32Array.of(7, -1), [7, -1]], ['ByteStorage', Uint8Array.of(7, 255), [7, 255]], ['BoolStorage', Uint8Array.of(1, 0), [1, 0]],
    ];
    for (const [type, data, expected] of cases) {
      const little = new Uint8Array(data.buffer), each = little.length / 2;
      const big = Uint8Array.from([...little.subarray(0, each)].reverse().concat([...little.subarray(each)].reverse()));
      const top = one([2], {}, type, 2), order = (text: string): Record<string, Uint8Array> => ({ byteorder: Buffer.from(text) });
      assert.deepEqual(numbers(archive(top, { 0: little })), expected, type);
      assert.deepEqual(numbers(archive(top, { 0: little }, order('little'))), expected, type);
      assert.deepEqual(numbers(archive(top, { 0: big }, order('big'))), expected, `${type}, big-endian`);
      assert.deepEqual(numbers(stream(top, { 0: { count: 2, data: little } })), expected, `${type}, stream`);
    }
  });

  it('reads ZIP64, and archives that somebody has packed again with deflate', () => {
    const entries = [{ name: 'any/data.pkl', data: one([6]) }, { name: 'any/data/0', data: SIX }];
    assert.deepEqual(numbers(zip(entries, { zip64: true })), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(numbers(zip(entries.map((entry) => ({ ...entry, deflate: true })))), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(numbers(zip(entries.map((entry) => ({ ...entry, name: entry.name.slice(4) })))), [0, 1, 2, 3, 4, 5], 'without a folder');
  });

  it('sees through Parameters, tensor subclasses and the first releases\' tensors', () => {
    const plain = tensor(storage('0', 6), [6]), cover = (made: Bytes): Uint8Array => archive(pickle(dict({ w: made })), { 0: SIX });
    assert.deepEqual(numbers(cover(call(name('torch._utils', '_rebuild_parameter'), plain, [0x88], call(name('collections', 'OrderedDict'))))), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(numbers(cover(call(name('torch._utils', '_rebuild_tensor'), storage('0', 6), int(0), tuple(int(6)), tuple(int(1))))), [0, 1, 2, 3, 4, 5]);
    assert.deepEqual(numbers(cover(call(name('torch._tensor', '_rebuild_from_type_v2'), name('torch._utils', '_rebuild_tensor_v2'), name('my', 'Tensor'), tuple(storage('0', 6), int(1), tuple(int(2)), tuple(int(1))), dict({})))), [1, 2]);
    assert.deepEqual(numbers(cover([...plain, ...dict({ note: text('kept shut') }), 0x62])), [0, 1, 2, 3, 4, 5], 'attributes of a tensor');
  });
});
