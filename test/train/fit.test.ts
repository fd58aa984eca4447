import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { framesPerClip, preset, VARIANTS, type ExperimentConfig } from '../../src/config.ts';
import type { Batch, Clip } from '../../src/data/clip.ts';
import type { Loader } from '../../src/data/loader.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { Interrupted } from '../../src/errors.ts';
import { random } from '../../src/random.ts';
import { fit, type EpochEvent } from '../../src/train/fit.ts';
import { createTrainer, type Trainer } from '../../src/train/trainer.ts';

const config: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4, batchSize: 4, epochs: 3 };

/** Class k shows as a bright channel k % 3 that grows or shrinks over the clip. */
function batchOf(config: ExperimentConfig, clips: readonly Clip[], key: string): Batch {
  const frames = framesPerClip(config), area = config.imageSize ** 2;
  const draw = random('batch', key);
  const images = new Float32Array(clips.length * frames * area * 3);
  for (let i = 0; i < images.length; i++) {
    const label = clips[Math.floor(i / (frames * area * 3))]!.label, frame = Math.floor(i / (area * 3)) % frames;
    images[i] = 0.3 * draw.next() + (i % 3 === label % 3 ? 0.6 * (label < 3 ? frame : frames - frame) / frames : 0);
  }
  return { ids: clips.map(({ id }) => id), images, labels: Int32Array.from(clips, ({ label }) => label) };
}

const clips: Clip[] = Array.from({ length: 14 }, (_, i) => ({ id: String(i), label: i % 6, frames: ['none'] }));

/** Batches made on the spot instead of read from disk. */
const memoryLoader = (): Loader => ({
  async *batches(all, { batchSize, epoch, signal }) {
    for (let i = 0; i + batchSize <= all.length; i += batchSize) {
      if (signal?.aborted) throw new Interrupted();
      yield batchOf(config, all.slice(i, i + batchSize), `${epoch}/${i}`);
    }
  },
  async close() {},
});

async function train(trainer: Trainer, options: Partial<Parameters<typeof fit>[0]> = {}): Promise<EpochEvent[]> {
  const events: EpochEvent[] = [];
  await fit({ trainer, loader: memoryLoader(), clips, onEpoch: (event) => { events.push(event); }, ...options });
  return events;
}

describe('train/fit', () => {
  let ops: Ops;
  before(async () => { ops = (await loadEngine()).ops; });

  it('fit lowers the loss and tells of every epoch: steps, means, learning rate', async () => {
    const trainer = createTrainer(ops, { ...config, epochs: 12, learningRate: 5e-3 });
    const events = await train(trainer);
    trainer.dispose();
    assert.deepEqual(events.map(({ epoch, step, total }) => [epoch, step, total]).slice(0, 2), [[1, 3, 3], [2, 6, 3]]);
    assert.ok(events.at(-1)!.losses.total < 0.6 * events[0]!.losses.total, `${events[0]!.losses.total} -> ${events.at(-1)!.losses.total}`);
    assert.ok(events.at(-1)!.trainWar > 0.5);
    assert.equal(events[0]!.learningRate, 5e-3);
    assert.ok(events.every(({ losses: { total, crossEntropy, auxiliary, intensityAware } }) => Math.abs(total - (crossEntropy + 0.05 * auxiliary + 0.1 * intensityAware)) < 1e-4));
  });

  for (const [name, settings] of Object.entries({ ...VARIANTS, sgd: { optimizer: 'sgd', schedule: 'step', learningRate: 1e-2 } } as Record<string, Partial<ExperimentConfig>>)) {
    it(`the compiled step of ${name} is the eager one within float noise, and leaks nothing`, async () => {
      const before = tf.memory().numTensors;
      const after: { losses: number[]; weights: Map<string, Float32Array> }[] = [];
      for (const mode of ['eager', 'compiled'] as const) {
        const trainer = createTrainer(ops, { ...config, epochs: 2, ...settings }, { mode });
        const losses = (await train(trainer)).map((event) => event.losses.total);
        trainer.sync();
        after.push({ losses, weights: new Map(await trainer.state.weights()) });
        trainer.dispose();
      }
      const [eager, compiled] = after as [typeof after[0], typeof after[0]];
      eager.losses.forEach((loss, i) => assert.ok(Math.abs(loss - compiled.losses[i]!) < 2e-3 * loss, `${eager.losses.join(' ')} / ${compiled.losses.join(' ')}`));
      for (const [name, values] of eager.weights) if (name.endsWith('running_mean')) values.forEach((x, i) => assert.ok(Math.abs(x - compiled.weights.get(name)![i]!) < 5e-2 * Math.max(0.1, Math.abs(x)), name));
      assert.equal(eager.weights.get('s_former.bn1.num_batches_tracked')![0], 6);
      assert.equal(compiled.weights.get('s_former.bn1.num_batches_tracked')![0], 6);
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('two undisturbed runs agree bit for bit, and so does one that was saved, restored and continued', async () => {
    const whole = createTrainer(ops, config), again = createTrainer(ops, config);
    await train(whole);
    await train(again);
    const end = await whole.save();
    assert.deepEqual(await again.save(), end);
    again.dispose();
    const first = createTrainer(ops, config);
    await assert.rejects(train(first, { onEpoch: ({ epoch }) => { if (epoch === 1) throw new Error('killed'); } }), /killed/);
    const saved = await first.save();
    first.dispose();
    const second = createTrainer(ops, config);
    second.restore(saved, 'test');
    await train(second, { doneEpochs: 1 });
    assert.deepEqual(await second.save(), end);
    second.dispose();
    whole.dispose();
  });

  it('fit stops between two steps when its signal is aborted', async () => {
    const controller = new AbortController(), trainer = createTrainer(ops, config);
    let steps = 0;
    await assert.rejects(train(trainer, { signal: controller.signal, onStep: () => { if (++steps === 2) controller.abort(); } }), Interrupted);
    assert.equal(steps, 2);
    trainer.dispose();
  });

  it('fit stops at a loss that is not finite, naming epoch and step', async () => {
    const trainer = createTrainer(ops, { ...config, optimizer: 'sgd', schedule: 'step', learningRate: 1e30 });
    await assert.rejects(train(trainer), /^UserError: epoch 1, step [23]: the loss "\w+" is (NaN|-?Infinity); the training diverged: lower learningRate/);
    trainer.dispose();
  });

  it('fit refuses fewer clips than a batch instead of training on none', async () => {
    const trainer = createTrainer(ops, config);
    await assert.rejects(train(trainer, { clips: clips.slice(0, 3) }), /expected at least one batch of 4 training clips, found 3; lower batchSize/);
    trainer.dispose();
  });

  it('a trainer refuses a checkpoint of another configuration', async () => {
    const trainer = createTrainer(ops, config), other = createTrainer(ops, { ...config, optimizer: 'sgd' });
    const saved = await other.save();
    assert.throws(() => trainer.restore(saved, 'x'), /^UserError: x: the optimiser's tensor "mean\/s_former\.pos_embedding_pos" is missing/);
    trainer.dispose();
    other.dispose();
  });
});
