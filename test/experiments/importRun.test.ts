// Weights in and out: a run of PyTorch's files computes what PyTorch computes, and every number survives the round trip.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preset, withSettings } from '../../src/config.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { portableOps } from '../../src/engine/portable.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { createInference } from '../../src/evaluate/inference.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { exportRun } from '../../src/experiments/exportRun.ts';
import { importRun } from '../../src/experiments/importRun.ts';
import { formulaImages } from '../../src/experiments/parityFormula.ts';
import { createNetworkState } from '../../src/model/state.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { specification } from '../../src/model/specification.ts';
import { openRun } from '../../src/runs/run.ts';
import { parseSafetensors, readSafetensors, writeSafetensors, type HostTensor } from '../../src/runs/safetensors.ts';
import { weightsOf } from '../../src/train/trainer.ts';
import { temporaryFolder } from '../runs/support.ts';
import { inOneLine } from '../refusal.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/pth/${name}`, import.meta.url));
const EXPECTED = JSON.parse(readFileSync(fixture('expected.json'), 'utf8')) as { salt: string; logits: number[]; halfLogits: number[] };
const SMALL = withSettings(preset('paper'), ['width=2/4/2', 'imageSize=40', 'numSegments=3', 'reduction=2', 'staticMlp=5', 'temporalMlp=6']);

/** The network's tensors as a file would hold them. */
const tensorsOf = (config = SMALL): Map<string, HostTensor> => {
  const weights = initialWeights(config);
  return new Map(specification(config).map(({ name, shape, kind }) => [name, kind === 'batchCount' ? { dtype: 'I64', shape, data: BigInt64Array.of(9_007_199_254_740_993n) } : { dtype: 'F32', shape, data: weights.get(name)! }]));
};

const refused = (made: Promise<unknown>, expected: RegExp): Promise<void> => assert.rejects(made, inOneLine(expected));

describe('experiments/importRun', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder(), name);

  /** Logits of a run on the formula's clip. */
  async function logitsOf(dir: string): Promise<number[]> {
    const run = await openRun(dir), { experiment: config } = run.record;
    const checkpoint = await run.readCheckpoint(config.selection === 'last' ? 'last' : 'best');
    const state = createNetworkState(config, weightsOf(checkpoint.weights), dir);
    const inference = createInference(portableOps, state);
    try {
      return [...inference.run(formulaImages(EXPECTED.salt, 1, config.numSegments, config.imageSize), 1).logits[0]!];
    } finally { inference.dispose(); state.dispose(); }
  }

  it('a run of PyTorch\'s file computes PyTorch\'s logits, from either format, also in half precision', async () => {
    await loadEngine();
    for (const [file, expected] of [['authors.pth', EXPECTED.logits], ['wrapped.pth', EXPECTED.halfLogits]] as const) {
      await importRun({ file: fixture(file), out: at(file) });
      const found = await logitsOf(at(file));
      for (const [i, logit] of expected.entries()) assert.ok(Math.abs(found[i]! - logit) < 1e-5, `${file}: ${String(found)} and ${String(expected)}`);
    }
  });

  it('says what it found, what it assumed, and where the weights came from', async () => {
    const report = await importRun({ file: fixture('wrapped.pth'), out: at('run'), fold: 3 });
    assert.deepEqual([report.tensors, report.epoch, report.isSynthetic, report.source.format], [181, 17, null, 'stream']);
    assert.deepEqual(report.experiment, { ...SMALL, selection: 'best-on-test' });
    assert.match(report.notes.join('\n'), /^weights under "state_dict"\n"module\." taken off every name\nF16 kept as float32, exactly\n3 frames as 3 segments of 1: .*\nlosses and optimiser of preset paper: .*\nclasses in the authors' order, DFEW's: .*\nevaluations will be marked LEAKY/);
    const { record } = await openRun(at('run'));
    assert.deepEqual(record.importedFrom, { file: fixture('wrapped.pth'), sha256: report.source.sha256, format: 'stream' });
    assert.match(report.source.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual([record.versions.tensorflow, record.commit, record.dataset.fold, record.dataset.labelNames[0]], [null, null, 3, 'happiness']);
    assert.deepEqual(await (await openRun(at('run'))).readMetrics(), []);
  });

  it('is of one scene of FERV39k when told, and of no other set\'s', async () => {
    await importRun({ file: fixture('wrapped.pth'), out: at('scene'), dataset: 'ferv39k', scene: 'Action' });
    assert.equal((await openRun(at('scene'))).record.dataset.scene, 'Action');
    await refused(importRun({ file: fixture('wrapped.pth'), out: at('none'), scene: 'Action' }), /--scene: expected only with --dataset ferv39k/);
  });

  it('import, export, import: every tensor, every setting, byte for byte', async () => {
    const tensors = new Map([...tensorsOf()].map(([name, tensor]) => [`module.${name}`, tensor]));
    const odd = tensors.get('module.fc_f.bias')!.data as Float32Array;
    odd.set([-0, 1e-45, 3.4028234663852886e38, -1.1754943508222875e-38]);
    await writeSafetensors(at('a.safetensors'), tensors);
    await importRun({ file: at('a.safetensors'), out: at('a'), settings: ['selection=last', 'lambda=0.5', 'seed=7'] });
    await exportRun({ dir: at('a'), out: at('b.safetensors') });
    const again = await importRun({ file: at('b.safetensors'), out: at('b') });
    await exportRun({ dir: at('b'), out: at('c.safetensors') });
    assert.deepEqual(again.experiment, (await openRun(at('a'))).record.experiment);
    assert.deepEqual([again.experiment.lambda, again.experiment.seed, again.notes], [0.5, 7, []]);
    const [b, c] = [await readSafetensors(at('b.safetensors')), await readSafetensors(at('c.safetensors'))];
    assert.deepEqual(b, c);
    for (const [name, { dtype, shape, data }] of tensors) {
      const out = b.get(name.slice('module.'.length))!;
      assert.deepEqual([out.dtype, out.shape], [dtype, shape], name);
      assert.deepEqual(Buffer.from(out.data.buffer), Buffer.from(data.buffer), name);
    }
  });

  it('an export keeps what weights do not show: classes, synthetic, dataset', async () => {
    const metadata = { experiment: JSON.stringify({ ...SMALL, selection: 'last' }), labelNames: JSON.stringify(['a', 'b', 'c', 'd', 'e', 'f', 'g']), isSynthetic: 'true', dataset: 'ferv39k', fold: '1', scene: 'Action', fingerprint: 'f00d', epoch: '12' };
    await writeSafetensors(at('a.safetensors'), tensorsOf(), metadata);
    const report = await importRun({ file: at('a.safetensors'), out: at('a') });
    assert.deepEqual([report.isSynthetic, report.labelNames, report.epoch], [true, ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 12]);
    await exportRun({ dir: at('a'), out: at('b.safetensors') });
    const { commit: _, importedFrom, experiment, ...kept } = parseSafetensors(readFileSync(at('b.safetensors')), 'b').metadata as Record<string, string>;
    assert.deepEqual({ ...kept, experiment: JSON.parse(experiment!) as unknown }, { format: 'pt', ...metadata, experiment: { ...SMALL, selection: 'last' } });
    assert.match(importedFrom!, /a\.safetensors [0-9a-f]{64}$/);
  });

  it('classes in another order are put into DFEW\'s: the same logits under other places', async () => {
    await loadEngine();
    await importRun({ file: fixture('authors.pth'), out: at('alphabet'), labels: ['Angry', 'disgust', 'Fear', 'happy', 'neutral', 'SAD', 'surprise'] });
    const found = await logitsOf(at('alphabet'));
    const expected = [3, 5, 4, 0, 6, 1, 2].map((row) => EXPECTED.logits[row]!);
    for (const [i, logit] of expected.entries()) assert.ok(Math.abs(found[i]! - logit) < 1e-5, String(found));
    const { record } = await openRun(at('alphabet')), { weights } = await (await openRun(at('alphabet'))).readCheckpoint('best');
    assert.deepEqual(record.dataset.labelNames, EXPRESSIONS);
    await importRun({ file: fixture('authors.pth'), out: at('plain') });
    const plain = (await (await openRun(at('plain'))).readCheckpoint('best')).weights;
    const changed = [...weights.keys()].filter((name) => !Buffer.from(weights.get(name)!.data.buffer).equals(Buffer.from(plain.get(name)!.data.buffer)));
    assert.deepEqual(changed, ['s_former.layer1.0.AUX_fc.1.weight', 's_former.layer2.0.AUX_fc.1.weight', 's_former.layer3.0.AUX_fc.1.weight', 'fc_f.weight', 'fc_f.bias']);
    await refused(importRun({ file: fixture('authors.pth'), out: at('x'), labels: ['a', 'b'] }), /--labels: expected the 7 classes of the network, each once, found 2: a, b/);
    await importRun({ file: fixture('authors.pth'), out: at('other'), labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] });
    assert.deepEqual((await openRun(at('other'))).record.dataset.labelNames, ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'other classes keep their order');
  });

  it('half precision says how far it rounds, and refuses what it cannot hold', async () => {
    await writeSafetensors(at('a.safetensors'), tensorsOf());
    await importRun({ file: at('a.safetensors'), out: at('a'), settings: ['selection=last'] });
    const report = await exportRun({ dir: at('a'), out: at('half.safetensors'), half: true });
    assert.ok(report.rounding!.largest > 0 && report.rounding!.largest < 2e-3, String(report.rounding!.largest));
    const half = await readSafetensors(at('half.safetensors'));
    assert.deepEqual([half.get('fc_f.weight')!.dtype, half.get('s_former.bn1.num_batches_tracked')!.dtype], ['F16', 'I64']);
    const large = tensorsOf();
    (large.get('fc_f.bias')!.data as Float32Array)[3] = 70_000;
    await writeSafetensors(at('large.safetensors'), large);
    await importRun({ file: at('large.safetensors'), out: at('large'), settings: ['selection=last'] });
    await refused(exportRun({ dir: at('large'), out: at('x.safetensors'), half: true }), /large in half precision: tensor "fc_f\.bias" holds Infinity at index 3/);
    await refused(exportRun({ dir: at('a'), out: at('a.pth') }), /a\.pth: this writes safetensors/);
    assert.equal(existsSync(at('x.safetensors')), false);
  });

  it('refuses weights that no network can use, in one line, and leaves no folder', async () => {
    const cases: [string, (tensors: Map<string, HostTensor>) => void, RegExp][] = [
      ['NaN', (t) => { (t.get('fc_f.bias')!.data as Float32Array)[2] = NaN; }, /tensor "fc_f\.bias" holds NaN at index 2/],
      ['infinity', (t) => { (t.get('s_former.pos_embedding')!.data as Float32Array)[0] = -Infinity; }, /"s_former\.pos_embedding" holds -Infinity/],
      ['float64 beyond float32', (t) => t.set('fc_f.bias', { dtype: 'F64', shape: [7], data: new Float64Array(7).fill(1e300) }), /"fc_f\.bias" holds Infinity/],
      ['variance', (t) => { (t.get('s_former.bn1.running_var')!.data as Float32Array)[0] = -1; }, /"s_former\.bn1\.running_var" holds a variance below 0/],
      ['integers', (t) => t.set('fc_f.bias', { dtype: 'I32', shape: [7], data: new Int32Array(7) }), /"fc_f\.bias" is of I32, expected floating-point/],
      ['counter', (t) => t.set('s_former.bn1.num_batches_tracked', { dtype: 'F32', shape: [], data: Float32Array.of(0.5) }), /holds 0\.5, expected a number of batches/],
      ['missing', (t) => { t.delete('s_former.layer4.1.conv2.weight'); }, /1 missing \(s_former\.layer4\.1\.conv2\.weight\)/],
      ['too much', (t) => t.set('extra', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }), /1 that do not belong \(extra\)/],
      ['shape', (t) => t.set('s_former.layer2.0.conv2.weight', { dtype: 'F32', shape: [144], data: new Float32Array(144) }), /1 of another shape/],
      ['a forged name', (t) => t.set('\u001b[2J\nall is well', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }), /it has a tensor called "\?\[2J\?all is well"/],
      ['everything', (t) => { t.clear(); }, /holds no tensor/],
    ];
    for (const [name, change, expected] of cases) {
      const tensors = tensorsOf();
      change(tensors);
      await writeSafetensors(at('bad.safetensors'), tensors);
      await refused(importRun({ file: at('bad.safetensors'), out: at('run') }), expected);
      assert.equal(existsSync(at('run')), false, name);
    }
  });

  it('refuses settings that the tensors contradict, lying descriptions, and a folder that holds a run', async () => {
    await refused(importRun({ file: fixture('authors.pth'), out: at('x'), settings: ['width=64/128/256'] }), /its tensors show width = \[2,4,2\], --set asks for \[64,128,256\]/);
    await refused(importRun({ file: fixture('authors.pth'), out: at('x'), settings: ['nonsense=1'] }), /there is no setting "nonsense"/);
    await writeSafetensors(at('lie.safetensors'), tensorsOf(), { experiment: JSON.stringify(preset('paper')) });
    await refused(importRun({ file: at('lie.safetensors'), out: at('x') }), /lie\.safetensors: its tensors do not make up one network: .* of another shape/);
    await writeSafetensors(at('lie.safetensors'), tensorsOf(), { experiment: '{"width":"?"}' });
    await refused(importRun({ file: at('lie.safetensors'), out: at('x') }), /lie\.safetensors: experiment\.\w+: expected/);
    await writeSafetensors(at('lie.safetensors'), tensorsOf(), { experiment: JSON.stringify(SMALL), epoch: '-3' });
    await refused(importRun({ file: at('lie.safetensors'), out: at('x') }), /epoch: expected a whole number/);
    assert.deepEqual(readdirSync(folder()), ['lie.safetensors']);
    await importRun({ file: fixture('authors.pth'), out: at('x') });
    await refused(importRun({ file: fixture('authors.pth'), out: at('x') }), /x: holds a run already/);
    await refused(importRun({ file: at('none.pth'), out: at('y') }), /none\.pth: cannot read: no such file or folder/);
  });

  it('checkpoints from before PyTorch counted batches are filled up', async () => {
    const tensors = new Map([...tensorsOf()].filter(([name]) => !name.endsWith('num_batches_tracked')));
    await writeSafetensors(at('old.safetensors'), tensors);
    const report = await importRun({ file: at('old.safetensors'), out: at('run') });
    assert.match(report.notes.join('\n'), /^18 counters of batches \(num_batches_tracked\) are missing and set to 0/m);
  });

  it('evaluating imported weights asks for clips', async () => {
    await importRun({ file: fixture('authors.pth'), out: at('run') });
    await refused(evaluateAgain({ engine: await loadEngine(), dir: at('run') }), /its weights were imported and it knows no clips: say which with --data/);
  });
});
