import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { epochRatio, loaderRates, repeatClips, type EpochRound } from '../../src/bench/loader.ts';
import { renderClips, type RenderedClips } from '../../src/bench/loaderClips.ts';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import type { Batch, Clip } from '../../src/data/clip.ts';
import { createLoader } from '../../src/data/loader.ts';
import { Interrupted } from '../../src/errors.ts';
import type { Trainer } from '../../src/train/trainer.ts';

const config: ExperimentConfig = { ...preset('tiny'), imageSize: 24, numSegments: 4, batchSize: 3 };

/** A step takes `ms` milliseconds and remembers what it was given. */
function slowTrainer(ms: number): { trainer: Trainer; seen: Batch[] } {
  const seen: Batch[] = [];
  const step = (batch: Batch): { losses: Record<string, number>; correct: number } => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    seen.push(batch);
    return { losses: {}, correct: 0 };
  };
  return { trainer: { config, step } as unknown as Trainer, seen };
}

describe('bench/loader', () => {
  let rendered: RenderedClips, clips: readonly Clip[];

  before(async () => {
    rendered = await renderClips({ count: 40, sizes: [32] });
    clips = rendered.sets.get(32)!;
  });
  after(() => rendered.remove());

  it('renders clips of the sizes asked for, and removes them', async () => {
    const own = await renderClips({ count: 40, sizes: [32] });
    const [clip] = own.sets.get(32)!;
    assert.ok(existsSync(clip!.frames[0]!) && clip!.frames.length >= 20);
    await own.remove();
    assert.ok(!existsSync(clip!.frames[0]!));
  });

  it('loaderRates measures frames from files, memory and the disk cache, which is filled then', async () => {
    const cacheFolder = rendered.cacheFolder('test');
    const rates = await loaderRates({ clips, config, workers: 1, cacheFolder });
    assert.deepEqual(rates.map(({ from }) => from), ['files', 'memory', 'cache, filling', 'cache, filled']);
    for (const { clipsPerSecond, framesPerSecond, cpuMsPerClip } of rates) {
      assert.ok(clipsPerSecond > 0 && cpuMsPerClip > 0);
      assert.ok(Math.abs(framesPerSecond - 4 * clipsPerSecond) < 1e-6);
    }
    assert.ok(readdirSync(cacheFolder, { recursive: true }).length > 4 * 8);
  });

  it('epochRatio gives the same number of steps to both sides, in turn', async () => {
    const loader = createLoader({ workers: 1, cacheBytes: 0 }), { trainer, seen } = slowTrainer(20), rounds: EpochRound[] = [];
    const result = await epochRatio({ trainer, loader, clips, steps: 5, rounds: 2, onRound: (round) => rounds.push(round) });
    await loader.close();
    assert.equal(seen.length, 2 + 2 * 2 * 5);
    const isReady = seen.slice(2).map((batch) => seen.indexOf(batch) !== seen.lastIndexOf(batch));
    const five = (value: boolean): boolean[] => Array.from({ length: 5 }, () => value);
    assert.deepEqual(isReady, [...five(false), ...five(true), ...five(true), ...five(false)]);
    assert.deepEqual(result.rounds, rounds);
    assert.ok(result.ratio > 0.95 && result.steadyRatio < result.ratio && result.cpuRatio > 0 && rounds.every(({ alone, epoch, firstWaitSeconds }) => alone.seconds >= 0.1 && epoch.seconds >= 0.1 && firstWaitSeconds > 0), JSON.stringify(result));
  });

  it('a loader too slow for the steps shows in ratio and waits', async () => {
    const loader = createLoader({ workers: 1, cacheBytes: 0 }), { trainer } = slowTrainer(0);
    const { ratio, rounds } = await epochRatio({ trainer, loader, clips, steps: 5, rounds: 1 });
    await loader.close();
    assert.ok(ratio > 2 && rounds[0]!.firstWaitSeconds + rounds[0]!.laterWaitSeconds > 0.5 * rounds[0]!.epoch.seconds, JSON.stringify(rounds));
  });

  it('repeatClips gives each repetition an id of its own, so that it draws other frames', () => {
    assert.deepEqual(repeatClips(clips.slice(0, 2), 5).map(({ id }) => id), [0, 1, 0, 1, 0].map((place, i) => `${clips[place]!.id}#${Math.floor(i / 2)}`));
  });

  it('stops when it is interrupted', async () => {
    const controller = new AbortController(), loader = createLoader({ workers: 1, cacheBytes: 0 });
    controller.abort();
    await assert.rejects(epochRatio({ trainer: slowTrainer(0).trainer, loader, clips, steps: 2, rounds: 1, signal: controller.signal }), Interrupted);
    await loader.close();
  });
});
