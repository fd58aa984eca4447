// Files that lie, that are broken, or that would run something: each refused with one line, nothing run, nothing large taken.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../../src/errors.ts';
import { decodePth } from '../../../src/runs/pth/read.ts';
import { archive, call, dict, floats, int, name, pickle, storage, stream, tensor, text, tuple, zip, type Bytes } from './support.ts';

function refused(bytes: Uint8Array, expected: RegExp): void {
  assert.throws(() => decodePth(bytes, 'x.pth'), (error: unknown) => {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    assert.match(error.message, /^x\.pth: not a PyTorch checkpoint that can be read: [^\n]*$/);
    assert.match(error.message, expected);
    return true;
  });
}

const SIX = floats(0, 1, 2, 3, 4, 5);
const weights = (shape: readonly number[] = [6], options?: Parameters<typeof tensor>[2], count = 6): Bytes => dict({ w: tensor(storage('0', count), shape, options) });
const good = pickle(weights());
const fixture = (file: string): Uint8Array => readFileSync(fileURLToPath(new URL(`../../fixtures/pth/${file}`, import.meta.url)));

describe('pth/hostile', () => {
  it('a pickle that calls os.system runs nothing, wherever the call stands', () => {
    const mark = join(tmpdir(), `ial-pwned-${process.pid}`);
    for (const module of ['os', 'posix', 'nt']) {
      const attack = call(name(module, 'system'), text(`touch ${mark}`));
      for (const top of [pickle(attack), pickle(dict({ state_dict: weights(), epoch: attack })), pickle(dict({ w: attack }))]) {
        for (const file of [archive(top, { 0: SIX }), stream(top, { 0: { count: 6, data: SIX } }), top]) refused(file, new RegExp(`its pickle names ${module}\\.system, which no weights need`));
      }
    }
    assert.equal(existsSync(mark), false);
  });

  it('an unknown class beside the weights stays shut; among the weights it is refused', () => {
    const stranger = call(name('__main__', 'RecorderMeter'), int(1));
    assert.deepEqual(decodePth(archive(pickle(dict({ state_dict: weights(), recorder: stranger })), { 0: SIX }), 'x').beside, { recorder: 'an object of __main__.RecorderMeter' });
    refused(archive(pickle(dict({ w: tensor(storage('0', 6), [6]), v: stranger })), { 0: SIX }), /its weights hold an object of __main__\.RecorderMeter at "v", expected a tensor$/);
  });

  it('a whole pickled module, a tensor, an empty dict, a list: not a state dict', () => {
    refused(archive(pickle(call(name('models.ST_Former', 'GenerateModel')))), /it is an object of models\.ST_Former\.GenerateModel, expected a dict of weights: load it in PyTorch and torch\.save its state_dict\(\)/);
    refused(archive(pickle(tensor(storage('0', 6), [6])), { 0: SIX }), /it is a tensor 6, expected a dict of weights$/);
    refused(archive(pickle(dict({}))), /holds no weights, only an empty dict$/);
    refused(archive(pickle(dict({ epoch: int(1) }))), /holds no weights, only epoch$/);
    refused(archive(pickle(tuple(int(1)))), /it is a list of 1/);
    refused(archive(pickle(dict({ a: weights(), b: weights() })), { 0: SIX }), /several dicts of tensors \(a, b\), none of them called state_dict/);
    refused(stream(pickle([...tuple(text('module'), name('my', 'Net'), text('net.py'), text('class Net: pass')), 0x51])), /whole pickled module: load it in PyTorch and save model\.state_dict\(\)/);
  });

  it('zip bombs: too much announced, more inflated than announced, records that share bytes', () => {
    const zeros = new Uint8Array(2 ** 20);
    refused(zip([{ name: 'x/data.pkl', data: zeros, deflate: true, lie: { size: 80 * 2 ** 20 } }]), /its records announce 83886080 bytes in a file of \d+; at most \d+ are inflated$/);
    refused(zip([{ name: 'x/data.pkl', data: zeros, deflate: true, lie: { size: 100 } }]), /data\.pkl inflates to more than the 100 bytes that it announces$/);
    refused(zip([{ name: 'x/data.pkl', data: good, deflate: true, lie: { size: 5000 } }]), /data\.pkl inflates to fewer than the 5000 bytes/);
    refused(zip([{ name: 'x/data.pkl', data: good }, { name: 'x/data/0', data: SIX, lie: { at: 0 } }]), /overlap|another name in its own header/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { packed: 2000, size: 2000 } }, { name: 'x/data/0', data: SIX }]), /data\.pkl ends at byte \d+, where x\/data\/0 begins at \d+ \(overlap\)$/);
    refused(zip([{ name: 'x/data.pkl', data: good, deflate: true, lie: { crc: 1 } }]), /another checksum than it announces: it is damaged/);
    refused(zip([{ name: 'x/data.pkl', data: Uint8Array.from(good, (byte) => byte ^ 0xff), lie: { method: 8 } }]), /a deflated record is broken|inflates to/);
  });

  it('a bomb of views: a few numbers shown a billion times', () => {
    refused(archive(pickle(weights([1_000_000_000], { strides: [0] })), { 0: SIX }), /"w" \[1000000000\] at 0 reaches to number 0 of a storage of 6$/);
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`w${i}`, tensor(storage('0', 10_000), [10_000])]));
    refused(archive(pickle(dict(many)), { 0: new Uint8Array(40_000) }), /its tensors claim 120000000 bytes in a file of \d+$/);
  });

  it('copies of copies: a short pickle that fills the memory', () => {
    const copies = (kind: Bytes, value: Bytes, count: number): Bytes => [
      ...value, 0x94, // kept as 0
      ...kind, 0x94, // kept as 1
      ...Array.from({ length: count }, () => [...byte('h'), 1, ...byte('h'), 0, 0x85, ...byte('R')]).flat(),
      ...byte('.'),
    ];
    const byte = (letter: string): Bytes => [letter.charCodeAt(0)];
    const items = [0x28, ...Array.from({ length: 2000 }, () => 0x4e), 0x6c]; // a list of 2,000 times None
    for (const kind of ['list', 'tuple', 'set', 'frozenset']) refused(archive(Uint8Array.from([0x80, 2, ...copies(name('builtins', kind), items, 20_000)])), /copies the same values over and over/);
    const pairs = [0x7d, 0x28, ...Array.from({ length: 2000 }, (_, i) => [...int(i), 0x4e]).flat(), 0x75];
    refused(archive(Uint8Array.from([0x80, 2, ...copies(name('collections', 'OrderedDict'), pairs, 20_000)])), /copies the same values over and over/);
  });

  it('a tensor that shows other numbers than those stored, as a negated view', () => {
    const view = call(name('torch._utils', '_rebuild_tensor_v2'), storage('0', 6), int(0), tuple(int(6)), tuple(int(1)), [0x89], dict({}), dict({ neg: [0x88] }));
    refused(archive(pickle(dict({ w: view })), { 0: SIX }), /numbers are not those stored \("neg"\): save a \.clone\(\) of it/);
  });

  it('headers that lie: places, sizes, counts, names, flags', () => {
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { at: 7 } }]), /data\.pkl is not where the directory says/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { at: 4_000_000_000 } }]), /is not where the directory says|announced/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { at: Number.MAX_SAFE_INTEGER } }], { zip64: true }), /not where|announced/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { size: 10 } }]), /is stored with \d+ bytes and announced with 10/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { packed: 10, size: 10 } }]), /checksum/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { flags: 1 } }]), /is encrypted/);
    refused(zip([{ name: 'x/data.pkl', data: good, lie: { method: 99 } }]), /compressed by method 99/);
    refused(zip([{ name: 'x/data.pkl', data: good }, { name: 'x/data.pkl', data: good }]), /the record x\/data\.pkl twice/);
    refused(zip([{ name: 'x/data.pkl', data: good }], { count: 60_000 }), /directory is broken|truncated/);
    refused(zip([{ name: 'x/data.pkl', data: good }], { count: 1e9, zip64: true }), /announces 1000000000 records/);
    refused(zip([{ name: 'x/data.pkl', data: good }, { name: 'y/data.pkl', data: good }]), /with several data\.pkl/);
    refused(zip([{ name: 'readme.txt', data: good }]), /with no data\.pkl, expected what torch\.save writes/);
    refused(zip([{ name: 'x/data.pkl', data: good }, { name: 'x/constants.pkl', data: good }]), /TorchScript archive/);
    refused(archive(good, { 0: SIX }, { byteorder: Buffer.from('middle') }), /its byte order is "middle"/);
  });

  it('storages that are missing, shorter or longer than the pickle says', () => {
    refused(archive(good), /its record x\/data\/0 is missing/);
    refused(archive(good, { 0: floats(1, 2) }), /x\/data\/0 has 8 bytes, 6 numbers of FloatStorage need 24/);
    refused(archive(good, { 0: floats(1, 2, 3, 4, 5, 6, 7) }), /x\/data\/0 has 28 bytes/);
    refused(archive(pickle(dict({ w: tensor(storage('../../etc/passwd', 6), [6]) }))), /x\/data\/\.\.\/\.\.\/etc\/passwd is missing/);
    refused(stream(good), /storage 0 is missing/);
    refused(stream(good, { 0: { count: 6, data: floats(1, 2) } }), /truncated\?/);
    refused(stream(good, { 0: { count: 2 ** 50, data: SIX } }), /truncated\?|beyond/);
    refused(stream(good, { 0: { count: 5, data: SIX } }), /storage 0 has 5 numbers, its pickle says 6/);
    refused(stream(good, { 1: { count: 6, data: SIX } }), /list of storages names "1"/);
    refused(stream(pickle(dict({ a: tensor(storage('0', 6), [6]), b: tensor(storage('0', 7), [6]) })), { 0: { count: 6, data: SIX } }), /storage 0 is 6 of FloatStorage and 7 of FloatStorage/);
  });

  it('tensors that reach beyond their storage, and types that no network has', () => {
    refused(archive(pickle(weights([7])), { 0: SIX }), /"w" \[7\] at 0 reaches to number 6 of a storage of 6/);
    refused(archive(pickle(weights([2], { offset: 5 })), { 0: SIX }), /"w" \[2\] at 5 reaches to number 6/);
    refused(archive(pickle(weights([2, 2], { strides: [4, 2] })), { 0: SIX }), /reaches to number 6/);
    refused(archive(pickle(weights([-1])), { 0: SIX }), /shape of a tensor: expected a whole number of at least 0, found -1/);
    refused(archive(pickle(weights([2], { strides: [-1] })), { 0: SIX }), /strides of a tensor: expected/);
    refused(archive(pickle(weights([2, 3], { strides: [1] })), { 0: SIX }), /2 dimensions with 1 strides/);
    refused(archive(pickle(dict({ w: tensor(storage('0', 6, 'ComplexFloatStorage'), [6]) })), { 0: SIX }), /"w" is of ComplexFloatStorage, expected one of float64/);
    refused(archive(pickle(dict({ w: tensor(int(1), [6]) }))), /makes a tensor of 1/);
    refused(archive(pickle([...tuple(text('storage'), name('my', 'FloatStorage'), text('0'), text('cpu'), int(6)), 0x51])), /outside that is no storage/);
  });

  it('files that are something else', () => {
    refused(new Uint8Array(0), /it is empty$/);
    refused(Buffer.from('hello, world'), /it begins with 68 65 6c 6c, expected a ZIP archive/);
    refused(Buffer.from('\x89PNG\r\n\x1a\n'), /it begins with 89 50 4e 47|it begins with c2 89/);
    refused(Uint8Array.from({ length: 600 }, (_, i) => 'ustar'.codePointAt(i - 257) ?? 1), /tar archive, as PyTorch wrote it before 0\.1\.10/);
    refused(pickle(dict({ a: int(1) })), /it begins with 80 02/);
    refused(Uint8Array.of(0x80, 2, ...stream(good).subarray(2, 14), 0x2e), /truncated|version/);
  });

  it('real files cut anywhere are refused, none is half read', () => {
    for (const file of ['authors.pth', 'wrapped.pth']) {
      const whole = fixture(file);
      for (let i = 1; i < 60; i++) refused(whole.subarray(0, Math.floor((whole.length * i) / 60)), /./);
      refused(whole.subarray(0, whole.length - 1), /truncated|./);
    }
  });

  it('a real archive with any one bit turned is read as it was, or refused', () => {
    const whole = fixture('authors.pth'), expected = decodePth(whole, 'x').tensors;
    for (let i = 0; i < 200; i++) {
      const damaged = Uint8Array.from(whole), at = Math.floor((i * whole.length) / 200) + (i % 7);
      damaged[at]! ^= 1 << (i % 8);
      try {
        assert.deepEqual(decodePth(damaged, 'x').tensors, expected); // padding, time stamps, sizes that the directory repeats
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  });
});
