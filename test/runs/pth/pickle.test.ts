import assert from 'node:assert/strict';
import { Cursor } from '../../../src/runs/pth/cursor.ts';
import { readPickle } from '../../../src/runs/pth/pickle.ts';
import { Unreadable, type Pickled } from '../../../src/runs/pth/values.ts';
import { call, int, name, pickle, text, tuple } from './support.ts';

const read = (bytes: Uint8Array): Pickled => readPickle(new Cursor(bytes), () => { throw new Unreadable('no storage here'); });
const refused = (bytes: Uint8Array, expected: RegExp): void => assert.throws(() => read(bytes), (error: unknown) => { assert.ok(error instanceof Unreadable, String(error)); assert.match(error.message, expected); return true; });

// made with CPython 3.11's pickle.dumps(value, protocol) of
// {'ints': [1, -2, 300, 70000, -70000, 2**40, -2**70], 'tuples': ((), (True,), (False, None), (1.5, 'é', b'\x00\xff')), 'set': {7}, 'frozen': frozenset([8]),
//  'od': OrderedDict([('x', 1)]), 'twice': [shared, shared], 'ns': argparse.Namespace(lr=0.5), 'when': datetime.date(2026, 1, 2)}
const PYTHON: Readonly<Record<number, string>> = {
  2: '80027d7100285804000000696e747371015d7102284b014afeffffff4d2c014a701101004a90eefeff8a060000000000018a090000000000000000c06558060000007475706c65737103282988857104894e867105473ff80000000000005802000000c3a97106635f636f646563730a656e636f64650a7107580300000000c3bf710858060000006c6174696e31710986710a52710b87710c74710d5803000000736574710e635f5f6275696c74696e5f5f0a7365740a710f5d71104b0761857111527112580600000066726f7a656e7113635f5f6275696c74696e5f5f0a66726f7a656e7365740a71145d71154b086185711652711758020000006f64711863636f6c6c656374696f6e730a4f726465726564446963740a71192952711a580100000078711b4b017358050000007477696365711c5d711d285d711e284b014b0265681e6558020000006e73711f6361726770617273650a4e616d6573706163650a7120298171217d712258020000006c727123473fe0000000000000736258040000007768656e7124636461746574696d650a646174650a71256807580500000007c3aa01027126680986712752712885712952712a752e',
  3: '80037d7100285804000000696e747371015d7102284b014afeffffff4d2c014a701101004a90eefeff8a060000000000018a090000000000000000c06558060000007475706c65737103282988857104894e867105473ff80000000000005802000000c3a97106430200ff71078771087471095803000000736574710a636275696c74696e730a7365740a710b5d710c4b076185710d52710e580600000066726f7a656e710f636275696c74696e730a66726f7a656e7365740a71105d71114b086185711252711358020000006f64711463636f6c6c656374696f6e730a4f726465726564446963740a71152952711658010000007871174b01735805000000747769636571185d7119285d711a284b014b0265681a6558020000006e73711b6361726770617273650a4e616d6573706163650a711c2981711d7d711e58020000006c72711f473fe0000000000000736258040000007768656e7120636461746574696d650a646174650a7121430407ea01027122857123527124752e',
  4: '80049516010000000000007d94288c04696e7473945d94284b014afeffffff4d2c014a701101004a90eefeff8a060000000000018a090000000000000000c0658c067475706c6573942829888594894e8694473ff80000000000008c02c3a994430200ff94879474948c03736574948f94284b07908c0666726f7a656e94284b0891948c026f64948c0b636f6c6c656374696f6e73948c0b4f726465726564446963749493942952948c0178944b01738c057477696365945d94285d94284b014b02656816658c026e73948c086172677061727365948c094e616d6573706163659493942981947d948c026c7294473fe000000000000073628c047768656e948c086461746574696d65948c0464617465949394430407ea01029485945294752e',
};
// NumPy 2.4: {'best_acc': float64(65.7), 'n': int64(3), 'f': float32(0.5), 'losses': zeros((2, 2), 'f4')}
const NUMPY: Readonly<Record<number, string>> = {
  2: '80027d7100285808000000626573745f6163637101636e756d70792e5f636f72652e6d756c746961727261790a7363616c61720a7102636e756d70790a64747970650a71035802000000663871048988877105527106284b0358010000003c71074e4e4e4affffffff4affffffff4b0074710862635f636f646563730a656e636f64650a7109580d000000c38dc38cc38cc38cc38c6c5040710a58060000006c6174696e31710b86710c52710d86710e52710f58010000006e7110680268035802000000693871118988877112527113284b0368074e4e4e4affffffff4affffffff4b00747114626809580800000003000000000000007115680b867116527117867118527119580100000066711a6802680358020000006634711b898887711c52711d284b0368074e4e4e4affffffff4affffffff4b0074711e62680958040000000000003f711f680b86712052712186712252712358060000006c6f737365737124636e756d70792e5f636f72652e6d756c746961727261790a5f7265636f6e7374727563740a7125636e756d70790a6e6461727261790a71264b0085712768095801000000627128680b86712952712a87712b52712c284b014b024b0286712d681d896809581000000000000000000000000000000000000000712e680b86712f52713074713162752e',
  4: '8004953f010000000000007d94288c08626573745f616363948c166e756d70792e5f636f72652e6d756c74696172726179948c067363616c61729493948c056e756d7079948c0564747970659493948c02663894898887945294284b038c013c944e4e4e4affffffff4affffffff4b007494624308cdcccccccc6c504094869452948c016e94680468078c02693894898887945294284b03680b4e4e4e4affffffff4affffffff4b007494624308030000000000000094869452948c016694680468078c02663494898887945294284b03680b4e4e4e4affffffff4affffffff4b0074946243040000003f94869452948c066c6f737365739468028c0c5f7265636f6e73747275637494939468058c076e6461727261799493944b0085944301629487945294284b014b024b028694681b8943100000000000000000000000000000000094749462752e',
};
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('pth/pickle', () => {
  it('reads what Python writes in protocols 2 to 5', () => {
    for (const hex of [...Object.values(PYTHON), `8005${PYTHON[4]!.slice(4)}`]) {
      const read1 = read(bytesOf(hex)) as Map<string, Pickled>;
      assert.deepEqual(read1.get('ints'), [1, -2, 300, 70000, -70000, 2 ** 40, -(2n ** 70n)]);
      assert.deepEqual(read1.get('tuples'), [[], [true], [false, null], [1.5, 'é', Uint8Array.of(0, 255)]]);
      assert.deepEqual([read1.get('set'), read1.get('frozen'), read1.get('od')], [new Set([7]), new Set([8]), new Map([['x', 1]])]);
      const twice = read1.get('twice') as Pickled[];
      assert.equal(twice[0], twice[1], 'the memo gives the same list');
      assert.deepEqual(read1.get('ns'), { kind: 'object', of: 'argparse.Namespace', args: [], state: new Map([['lr', 0.5]]) });
      assert.equal((read1.get('when') as { of: string }).of, 'datetime.date');
    }
  });

  it('reads NumPy\'s numbers, and leaves its arrays shut', () => {
    for (const hex of Object.values(NUMPY)) {
      const values = read(bytesOf(hex)) as Map<string, Pickled>;
      assert.deepEqual([values.get('best_acc'), values.get('n'), values.get('f')], [65.7, 3, 0.5]);
      assert.equal((values.get('losses') as { kind: string }).kind, 'object');
    }
  });

  it('reads Python 2\'s texts', () => {
    assert.equal(read(Uint8Array.of(0x80, 2, 0x55, 2, 0x61, 0xe9, 0x2e)), 'aé');
  });

  it('refuses names that run something, however they are written, and looks no other up', () => {
    for (const [module, of] of [['os', 'system'], ['posix', 'system'], ['subprocess', 'Popen'], ['builtins', 'eval'], ['__builtin__', 'exec'], ['builtins', 'getattr'], ['builtins', '__import__'], ['importlib.util', 'find_spec'], ['torch', 'load'], ['pathlib', 'os.system'], ['collections', 'abc.sys.modules'], ['x', 'y.eval']] as const) {
      refused(pickle(name(module, of)), new RegExp(`^its pickle names ${module}\\.${of.replaceAll('.', '\\.')}, which no weights need .*nothing was run here`));
      refused(pickle(text(module), text(of), [0x93]), /^its pickle names /); // STACK_GLOBAL
    }
    refused(Uint8Array.from(Buffer.from('(S\'id\'\nios\nsystem\n.')), /operation that torch\.save/);
    refused(Uint8Array.from(Buffer.from('(ios\nsystem\n.')), /names os\.system/);
    assert.deepEqual(read(pickle(call(name('some.module', 'made_up'), int(1)))), { kind: 'object', of: 'some.module.made_up', args: [1] });
  });

  it('a name with line feeds or colours cannot forge a message', () => {
    refused(pickle(text('os'), text('a\n\u001b[31mall is well'), [0x93]), /^its pickle names os\.a\?\?\[31mall is well, /);
  });

  it('refuses pickles that take what is not there', () => {
    refused(pickle(), /takes more values than it made/);
    refused(pickle([0x74]), /closes a list that it did not open/);
    refused(pickle([0x68, 3]), /asks for value 3, which it has not made/);
    refused(pickle(int(1), [0x61]), /takes more|appends|changes/);
    refused(pickle(int(1), int(2), [0x61]), /appends to 1/);
    refused(pickle([0x7d, 0x28], int(1), [0x75]), /a key without a value/);
    refused(pickle(int(1), tuple(), [0x62]), /gives attributes to 1/);
    refused(pickle(name('a', 'b'), int(1), [0x52]), /calls the name a\.b with 1/);
    refused(Uint8Array.of(0x80, 9, 0x4e, 0x2e), /protocol 9, at most 5/);
    refused(Uint8Array.of(0x80, 2, 0xff), /byte 2 of its pickle \(0xff\) is no operation/);
  });

  it('refuses truncated pickles, and lengths that the file does not have', () => {
    const whole = bytesOf(PYTHON[4]!);
    for (const length of [1, 5, 20, 100, whole.length - 1]) refused(whole.subarray(0, length), /truncated\?/);
    refused(Uint8Array.of(0x80, 2, 0x58, 0xff, 0xff, 0xff, 0xff), /ends at byte 7 where 4294967295 more were announced/);
    refused(Uint8Array.of(0x80, 4, 0x8e, 0, 0, 0, 0, 0, 0, 0, 0x80), /is beyond any file/);
    refused(Uint8Array.of(0x80, 4, 0x95, 0xff, 0, 0, 0, 0, 0, 0, 0), /truncated\?/);
  });

  it('a memo far out costs nothing; deep nesting and long integers are refused', () => {
    assert.equal(read(pickle([0x4e, 0x72, 0xff, 0xff, 0xff, 0xff])), null); // LONG_BINPUT 4294967295
    refused(pickle(Array.from({ length: 2000 }, () => 0x28)), /nests more than 1000 lists/);
    refused(Uint8Array.from([0x80, 2, 0x8b, 0x10, 0x27, 0, 0, ...Array.from({ length: 10_000 }, () => 1), 0x2e]), /integer of 10000 bytes/);
    const deep = Array.from({ length: 100_000 }, () => 0x5d), close = Array.from({ length: 99_999 }, () => 0x61);
    assert.ok(Array.isArray(read(pickle(deep, close))), 'a hundred thousand lists within lists need no recursion');
  });
});
