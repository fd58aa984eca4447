import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { decodeSafetensors, encodeSafetensors, parseSafetensors, readSafetensors, refuseNonFinite, writeSafetensors, type HostTensor } from '../../src/runs/safetensors.ts';
import { vector } from './record.ts';
import { temporaryFolder } from './support.ts';

/** A file with any header text and any data, honest or not. */
function fileOf(header: string, data: number[] = [], claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const file = new Uint8Array(8 + text.length + data.length);
  new DataView(file.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(data, 8 + text.length);
  return file;
}

const entry = (offsets: unknown, shape: unknown = [4], dtype: unknown = 'U8'): string => JSON.stringify({ dtype, shape, data_offsets: offsets });

function refused(bytes: Uint8Array, expected: RegExp): void {
  assert.throws(() => decodeSafetensors(bytes, 'weights.safetensors'), (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /^weights\.safetensors: not a valid safetensors file: [^\n]*$/);
    assert.match(error.message, expected);
    return true;
  });
}

describe('safetensors', () => {
  const folder = temporaryFolder();

  it('gives every dtype back as it was written, with the metadata', () => {
    const tensors = new Map<string, HostTensor>([
      ['bytes', { dtype: 'U8', shape: [3], data: Uint8Array.of(0, 128, 255) }],
      ['f32', { dtype: 'F32', shape: [1, 2], data: Float32Array.of(-0.1, 3e38) }],
      ['f64', { dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) }],
      ['i64', { dtype: 'I64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) }],
      ['i32', { dtype: 'I32', shape: [1], data: Int32Array.of(-7) }],
      ['f16', { dtype: 'F16', shape: [3], data: Float32Array.of(1.5, -65504, 2 ** -24) }],
      ['bf16', { dtype: 'BF16', shape: [2], data: Float32Array.of(1.5, -(2 ** 100)) }],
      ['flag', { dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) }],
      ['empty', { dtype: 'F32', shape: [0, 5], data: new Float32Array(0) }],
    ]);
    const { tensors: read, metadata } = parseSafetensors(encodeSafetensors(tensors, { format: 'pt' }), 'x');
    assert.deepEqual(Object.fromEntries(read), Object.fromEntries(tensors));
    assert.deepEqual(metadata, { format: 'pt' });
  });

  it('reads the bytes of the format description: length, JSON, data', () => {
    const bytes = fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ', [0, 0, 0x80, 0x3f]);
    assert.deepEqual(decodeSafetensors(bytes, 'x').get('a'), vector(1));
  });

  it('aligns every tensor to its element size, the widest first', () => {
    const bytes = encodeSafetensors(new Map<string, HostTensor>([['b', { dtype: 'U8', shape: [1], data: Uint8Array.of(1) }], ['w', { dtype: 'F64', shape: [1], data: Float64Array.of(2) }]]));
    const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.equal(headerBytes % 8, 0);
    assert.deepEqual([...decodeSafetensors(bytes, 'x').keys()], ['w', 'b']);
  });

  it('encodeSafetensors refuses a tensor whose shape, dtype and data disagree', () => {
    assert.throws(() => encodeSafetensors(new Map([['a', { dtype: 'F32', shape: [3], data: Float32Array.of(1) }]])), /tensor "a": shape \[3\] has 3 elements, its data 1/);
    assert.throws(() => encodeSafetensors(new Map([['a', { dtype: 'F64', shape: [1], data: Float32Array.of(1) }]])), /dtype F64 does not fit a Float32Array/);
  });

  it('refuses files that are too short, and headers that claim too much', () => {
    refused(new Uint8Array(3), /expected at least 8 bytes, found 3/);
    refused(fileOf('{}', [], 1000n), /the header claims 1000 bytes, the file has 2/);
    refused(fileOf('{}', [], 2n ** 63n), /the header claims 9223372036854775808 bytes, the limit is 100000000/);
  });

  it('refuses headers that are not one JSON object', () => {
    refused(fileOf('{"a":'), /not valid JSON/);
    refused(fileOf('[]'), /not a JSON object/);
    refused(fileOf('null'), /not a JSON object/);
    refused(new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x22, 0xff]), /not valid JSON/);
    refused(fileOf('{"__metadata__":{"a":1}}'), /__metadata__ to be an object of strings/);
  });

  it('refuses duplicate names, also escaped ones and duplicate fields', () => {
    refused(fileOf(`{"a":${entry([0, 4])},"a":${entry([4, 8])}}`, Array.from({ length: 8 }, () => 0)), /has "a" twice/);
    refused(fileOf(`{"a":${entry([0, 4])},"\\u0061":${entry([4, 8])}}`, Array.from({ length: 8 }, () => 0)), /has "a" twice/);
    refused(fileOf('{"a":{"dtype":"U8","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), /has "dtype" twice/);
  });

  it('refuses unknown dtypes, broken shapes and broken offsets', () => {
    refused(fileOf(`{"a":${entry([0, 4], [4], 'F8')}}`, [0, 0, 0, 0]), /expected a dtype of .*found "F8"/);
    refused(fileOf(`{"a":${entry([0, 4], [4], 'constructor')}}`, [0, 0, 0, 0]), /found "constructor"/);
    refused(fileOf(`{"a":${entry([0, 4], [-4])}}`, [0, 0, 0, 0]), /shape of whole numbers, found \[-4\]/);
    refused(fileOf(`{"a":${entry([0, 4], [1.5])}}`, [0, 0, 0, 0]), /found \[1.5\]/);
    refused(fileOf(`{"a":${entry([4, 0])}}`, [0, 0, 0, 0]), /data_offsets \[begin, end\], found \[4,0\]/);
    refused(fileOf(`{"a":${entry([0, 4, 8])}}`, [0, 0, 0, 0]), /data_offsets/);
    refused(fileOf('{"a":null}'), /expected a dtype/);
  });

  it('refuses sizes that disagree with shape and dtype, also where the product overflows', () => {
    refused(fileOf(`{"a":${entry([0, 4], [2], 'F32')}}`, [0, 0, 0, 0]), /F32 \[2\] needs 8 bytes, its offsets span 4/);
    refused(fileOf(`{"a":${entry([0, 4], [2 ** 40, 2 ** 40])}}`, [0, 0, 0, 0]), /needs 1.2\d*e\+24 bytes/);
  });

  it('refuses overlaps, gaps, data behind the end and data that nobody owns', () => {
    const data = Array.from({ length: 8 }, () => 0);
    refused(fileOf(`{"a":${entry([0, 4])},"b":${entry([2, 6])}}`, data), /"b" starts at byte 2 of the data, expected 4 \(overlap\)/);
    refused(fileOf(`{"a":${entry([0, 4])},"b":${entry([0, 4])}}`, data.slice(4)), /overlap/);
    refused(fileOf(`{"a":${entry([4, 8])}}`, data), /expected 0 \(gap\)/);
    refused(fileOf(`{"a":${entry([0, 4])}}`, [0, 0]), /ends at byte 4 of the data, the file has 2 \(truncated\?\)/);
    refused(fileOf(`{"a":${entry([0, 4])}}`, data), /the tensors cover 4 bytes of data, the file has 8/);
  });

  it('a name cannot forge a line or colour the terminal', () => {
    refused(fileOf(`{"a\\n\\u001b[31m":${entry([0, 4], [-4])}}`, [0, 0, 0, 0]), /tensor "a\?\?\[31m": expected a shape/);
  });

  it('a tensor named __proto__ is a tensor like any other', () => {
    const read = decodeSafetensors(fileOf(`{"__proto__":${entry([0, 1], [1])}}`, [9]), 'x');
    assert.deepEqual([...read.keys()], ['__proto__']);
  });

  it('refuseNonFinite names file, tensor and index', () => {
    assert.throws(() => refuseNonFinite(new Map([['fc', vector(0, NaN)]]), 'w.safetensors'), /^UserError: w\.safetensors: tensor "fc" holds NaN at index 1; expected finite numbers$/);
    refuseNonFinite(new Map<string, HostTensor>([['n', { dtype: 'I64', shape: [1], data: BigInt64Array.of(1n) }]]), 'w');
  });

  it('writes and reads files and leaves nothing beside them', async () => {
    const file = join(folder(), 'w.safetensors');
    await writeSafetensors(file, new Map([['a', vector(1, 2)]]));
    assert.deepEqual((await readSafetensors(file)).get('a'), vector(1, 2));
    assert.deepEqual(readdirSync(folder()), ['w.safetensors']);
    writeFileSync(file, readFileSync(file).subarray(0, -1));
    await assert.rejects(readSafetensors(file), /w\.safetensors: not a valid .*truncated/);
    await assert.rejects(readSafetensors(join(folder(), 'none')), /none: cannot read: no such file or folder/);
  });
});
