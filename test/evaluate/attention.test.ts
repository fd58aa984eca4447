import assert from 'node:assert/strict';
import { activity, clipWeights, intensityLinks, layerOf, scales, variation, type GcaWeights } from '../../src/evaluate/attention.ts';
import { random } from '../../src/random.ts';

const CLIPS = 60, FRAMES = 4, CHANNELS = 5;

/** Channel 0 follows the frames' intensity, channel 1 the clip's peak, the others nothing; class 2 is neutral. */
function made(seed: number): GcaWeights {
  const rng = random(seed, 'attention test');
  const clips = Array.from({ length: CLIPS }, (_, i) => {
    const peak = i % 3 === 2 ? 0 : rng.uniform(0.2, 1);
    return { id: `clip ${i}`, label: i % 3, person: `person ${Math.floor(i / 2)}`, intensity: Array.from({ length: FRAMES }, () => peak * rng.uniform(0.3, 1)) };
  });
  const frameWeights = Float32Array.from(clips.flatMap(({ intensity }) => intensity.flatMap((value) => [
    1 + 0.5 * value + rng.normal(0, 0.02), 0.8 + 0.5 * Math.max(...intensity) + rng.normal(0, 0.02), ...Array.from({ length: CHANNELS - 2 }, () => 1 + rng.normal(0, 0.1)),
  ])));
  return { clips, frames: FRAMES, layers: [{ name: 'layer2', channels: CHANNELS, frameWeights }] };
}

describe('clipWeights and scales', () => {
  const layer = { name: 'layer2', channels: 2, frameWeights: Float32Array.of(1, 0.5, 0.5, 1.5, 2, 0, 2, 1) };

  it('are the mean over a clip\'s frames, and the geometric mean with it', () => {
    assert.deepEqual([...clipWeights(layer, 2)], [0.75, 1, 2, 0.5]);
    [1 * 0.75, 0.5 * 1, 0.5 * 0.75, 1.5 * 1, 4, 0, 4, 0.5].forEach((product, i) => { assert.ok(Math.abs(scales(layer, 2)[i]! - Math.sqrt(product + 1e-5)) < 1e-6); });
  });

  it('layerOf names the blocks that there are', () => {
    assert.equal(layerOf([layer], 'layer2'), layer);
    assert.throws(() => layerOf([layer], 'layer3'), /RangeError: there is no GCA block in "layer3", only in layer2/);
  });
});

describe('variation', () => {
  it('splits the spread of weights into channels, clips and frames', () => {
    // clips differ by 2 in all channels, frames by 1, channels not at all
    const frameWeights = Float32Array.from([0, 2, 0, 2].flatMap((clip) => [0, 1].flatMap((frame) => Array.from({ length: 3 }, () => clip + frame))));
    const weights = { clips: Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, label: 0 })), frames: 2, layers: [{ name: 'layer3', channels: 3, frameWeights }] };
    const { channels, clips, frames } = variation(weights, 'layer3', { seed: 1, resamples: 50 });
    assert.deepEqual([channels.estimate, clips.estimate, frames.estimate], [0, 1, 0.5]);
    assert.deepEqual([frames.low, frames.high], [0.5, 0.5]);
    assert.ok(clips.low <= 1 && clips.high >= 1 && clips.low < clips.high);
  });

  it('adds up in squares to the whole spread', () => {
    const weights = made(1), { channels, clips, frames } = variation(weights, 'layer2', { seed: 1, resamples: 5 });
    const { frameWeights } = weights.layers[0]!, mean = frameWeights.reduce((a, b) => a + b, 0) / frameWeights.length;
    const whole = frameWeights.reduce((sum, weight) => sum + (weight - mean) ** 2, 0) / frameWeights.length;
    assert.ok(Math.abs(channels.estimate ** 2 + clips.estimate ** 2 + frames.estimate ** 2 - whole) < 1e-6);
  });
});

describe('activity', () => {
  it('is the share of frames and of channels whose weights are not 1', () => {
    const weights = { clips: [{ id: 'a', label: 0 }, { id: 'b', label: 1 }], frames: 2, layers: [{ name: 'layer2', channels: 4, frameWeights: Float32Array.of(1, 1, 1.2, 1, 1, 1, 1, 1, 1.005, 1, 0.3, 1, 1, 1, 1, 1) }] };
    assert.deepEqual(activity(weights, 'layer2'), { frames: 0.5, channels: 0.25 });
  });
});

describe('intensityLinks', () => {
  const found = (over: 'frames' | 'clips', seed = 1): number[] => intensityLinks(made(seed), { seed: 1, over, permutations: 200, excludeLabels: [2] }).links.filter(({ p }) => p < 0.05).map(({ channel }) => channel);

  it('finds the channel that follows the curve, and the one that follows the peak', () => {
    assert.deepEqual(found('frames'), [0]);
    assert.ok(found('clips').includes(1));
    assert.ok(found('clips').every((channel) => channel <= 1));
  });

  it('finds nothing in channels of noise: one series in twenty at most, whatever their number', () => {
    const noise = (seed: number): GcaWeights => { const weights = made(seed), rng = random(seed, 'noise'); return { ...weights, layers: [{ name: 'layer2', channels: 40, frameWeights: Float32Array.from({ length: CLIPS * FRAMES * 40 }, () => rng.normal()) }] }; };
    const hits = Array.from({ length: 20 }, (_, seed) => intensityLinks(noise(seed), { seed, over: 'frames', permutations: 60, excludeLabels: [2] })).filter(({ links }) => links.some(({ p }) => p < 0.05)).length;
    assert.ok(hits <= 4, `${hits} of 20`);
  });

  it('takes out what a class has on the whole: weights that only tell classes apart do not count', () => {
    const weights = made(3), layer = weights.layers[0]!;
    const byClass = layer.frameWeights.map((_, i) => weights.clips[Math.floor(i / (FRAMES * CHANNELS))]!.label + random(i, 'small').normal(0, 0.01));
    const { links } = intensityLinks({ ...weights, layers: [{ ...layer, frameWeights: byClass }] }, { seed: 1, over: 'clips', permutations: 100 });
    assert.ok(links.every(({ p }) => p > 0.05));
  });

  it('repeats for a seed, counts the clips, and refuses too few', () => {
    const links = intensityLinks(made(1), { seed: 4, over: 'clips', permutations: 50, excludeLabels: [2] });
    assert.deepEqual(intensityLinks(made(1), { seed: 4, over: 'clips', permutations: 50, excludeLabels: [2] }), links);
    assert.equal(links.clips, 40);
    assert.ok(links.threshold > 0 && links.threshold < 1);
    assert.throws(() => intensityLinks({ ...made(1), clips: made(1).clips.map(({ id, label }) => ({ id, label })) }, { seed: 1, over: 'clips' }), /RangeError: intensityLinks: expected at least 3 clips of known intensity, found 0/);
  });
});
