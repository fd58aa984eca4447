import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { drawAugmentation, applyToFrames, noAugmentation } from '../../src/data/augment.ts';
import type { Batch, Clip } from '../../src/data/clip.ts';
import { decodeFrame } from '../../src/data/decode.ts';
import { batchCount, createLoader, epochOrder, frameIndices, type BatchOptions, type Loader } from '../../src/data/loader.ts';
import { resizeInto } from '../../src/data/resize.ts';
import { Interrupted, UserError } from '../../src/errors.ts';
import { random } from '../../src/random.ts';
import { jpeg, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';

const TEST: BatchOptions = { imageSize: 16, numSegments: 4, framesPerSegment: 1, batchSize: 3, mode: 'test', augment: false, seed: 1, epoch: 0, dropLast: false };
const TRAIN: BatchOptions = { ...TEST, mode: 'train', augment: true, dropLast: true };

/** Clips of 1, 2, 3, ... frames of width x height pixels. */
async function makeClips(count: number, width = 24, height = 20): Promise<Clip[]> {
  const root = await temporaryFolder();
  return Promise.all(Array.from({ length: count }, async (_, i): Promise<Clip> => {
    const id = String(i + 1).padStart(5, '0');
    const names = Array.from({ length: i + 1 }, (__, frame) => `${id}/${frame + 1}.jpg`);
    await writeTree(root, Object.fromEntries(await Promise.all(names.map(async (name, frame) => [name, await jpeg(width, height, i * 100 + frame)]))));
    return { id, label: i % 7, frames: names.map((name) => join(root, name)) };
  }));
}

async function collect(loader: Loader, clips: readonly Clip[], options: BatchOptions): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of loader.batches(clips, options)) list.push(batch);
  return list;
}

/** What the first clip of a batch must be, without loader and workers. */
async function expectedClip(clip: Clip, options: BatchOptions): Promise<Float32Array> {
  const { imageSize: size } = options;
  const indices = frameIndices(clip, options);
  const bytes = new Uint8Array(indices.length * size * size * 3);
  const first = await decodeFrame(clip.frames[0]!, clip.id);
  const augmentation = options.augment ? drawAugmentation(random(options.seed, 'augment', options.epoch, clip.id), first.width, first.height) : noAugmentation(first.width, first.height);
  for (const [k, index] of indices.entries()) resizeInto(await decodeFrame(clip.frames[index]!, clip.id), augmentation.crop, size, bytes, k * size * size * 3);
  const out = new Float32Array(bytes.length);
  applyToFrames(bytes, size, augmentation, out);
  return out;
}

describe('createLoader', () => {
  let clips: Clip[];
  let loader: Loader;

  // shared by the tests that change no file
  before(async () => {
    clips = await makeClips(10);
    loader = createLoader({ workers: 2 });
  });
  after(async () => {
    await loader.close();
    await removeTemporaryFolders();
  });

  it('in test mode yields the clips in the listed order, the last smaller batch too', async () => {
    const batches = await collect(loader, clips, TEST);
    assert.deepEqual(batches.map(({ ids }) => ids.length), [3, 3, 3, 1]);
    assert.deepEqual(batches.flatMap(({ ids }) => ids), clips.map(({ id }) => id));
    assert.deepEqual(batches.flatMap(({ labels }) => [...labels]), clips.map(({ label }) => label));
    assert.equal(batches[0]!.images.length, 3 * 4 * 16 * 16 * 3);
    assert.equal(batchCount(10, TEST), 4);
  });

  it('in train mode shuffles by seed and epoch and drops the last batch when asked', async () => {
    const ids = async (options: Partial<BatchOptions>): Promise<string[]> => (await collect(loader, clips, { ...TRAIN, ...options })).flatMap((batch) => batch.ids);
    const one = await ids({});
    assert.equal(one.length, 9);
    assert.deepEqual(one, epochOrder(clips, TRAIN).slice(0, 9).map(({ id }) => id));
    assert.deepEqual(await ids({}), one);
    assert.notDeepEqual(await ids({ epoch: 1 }), one);
    assert.notDeepEqual(await ids({ seed: 2 }), one);
    assert.deepEqual((await ids({ dropLast: false })).toSorted(), clips.map(({ id }) => id));
  });

  it('prepares exactly: sampled frames, one crop a clip, resize, flip, brightness, rotation', async () => {
    for (const options of [TEST, TRAIN, { ...TRAIN, epoch: 5, augment: false }, { ...TRAIN, numSegments: 2, framesPerSegment: 2, imageSize: 40 }]) {
      const [batch] = await collect(loader, clips, { ...options, batchSize: 10 });
      for (const [place, clip] of epochOrder(clips, options).entries()) {
        const length = batch!.images.length / 10;
        assert.deepEqual(batch!.images.subarray(place * length, (place + 1) * length), await expectedClip(clip, options), `${clip.id} ${JSON.stringify(options)}`);
      }
    }
  });

  it('gives the same batches with 1 and with 2 workers, whatever is prepared ahead', async () => {
    const single = createLoader({ workers: 1 });
    const expected = await collect(single, clips, TRAIN);
    assert.deepEqual(await collect(loader, clips, { ...TRAIN, prefetch: 1 }), expected);
    assert.deepEqual(await collect(loader, clips, { ...TRAIN, prefetch: 20 }), expected);
    await single.close();
  });

  it('remembers test frames within its memory: the second pass needs no disk, and gives the same', async () => {
    const own = await makeClips(10);
    const expected = await collect(loader, own, TEST);
    for (const clip of own) for (const frame of clip.frames) await rm(frame);
    assert.deepEqual(await collect(loader, own, TEST), expected);
    await assert.rejects(collect(loader, own, { ...TEST, imageSize: 24 }), UserError);
    await assert.rejects(collect(loader, own, TRAIN), UserError);
  });

  it('remembers the decoded frames of a training split that fits: a later epoch needs no disk, and gives the same as without memory', async () => {
    const own = await makeClips(6), forgetful = createLoader({ workers: 1, cacheBytes: 0 });
    const epochs = (one: Loader): Promise<unknown[]> => Promise.all([1, 2].map((epoch) => collect(one, own, { ...TRAIN, epoch, batchSize: 3 })));
    const frugal = createLoader({ workers: 1 });
    const expected = await epochs(forgetful);
    for (let pass = 0; pass < 2; pass++) assert.deepEqual(await epochs(frugal), expected);
    for (const clip of own) for (const frame of clip.frames) await rm(frame);
    assert.deepEqual(await epochs(frugal), expected);
    await assert.rejects(epochs(forgetful), UserError);
    await Promise.all([forgetful.close(), frugal.close()]);
  });

  it('does without memory when told, or keeps what fits', async () => {
    for (const [cacheBytes, clip] of [[0, '00001'], [5 * 16 * 16 * 3, '0000[23]']] as const) {
      const small = createLoader({ workers: 1, cacheBytes });
      const few = (await makeClips(3)).toSorted((a, b) => a.id.localeCompare(b.id));
      await collect(small, few, { ...TEST, batchSize: 1 });
      for (const frame of few.flatMap(({ frames }) => frames)) await rm(frame);
      await assert.rejects(collect(small, few, { ...TEST, batchSize: 1 }), new RegExp(`clip ${clip}, found no such file`));
      await small.close();
    }
  });

  it('serves two loops at the same time', async () => {
    const [train, test] = await Promise.all([collect(loader, clips, TRAIN), collect(loader, clips, TEST)]);
    assert.deepEqual(test, await collect(loader, clips, TEST));
    assert.deepEqual(train, await collect(loader, clips, TRAIN));
  });

  it('works on while the main thread is blocked, and reports frames that vanished during the epoch', async () => {
    const own = await makeClips(10);
    const iterator = loader.batches(own, { ...TEST, batchSize: 1, prefetch: 4 });
    await iterator.next(); // batches 1 to 4 are now requested
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500); // no turn for the main thread's event loop
    for (const clip of own) for (const frame of clip.frames) rmSync(frame);
    for (const id of ['00002', '00003', '00004']) assert.deepEqual((await iterator.next()).value?.ids, [id]);
    await assert.rejects(async () => { for (;;) if ((await iterator.next()).done) break; }, (error: Error) => error instanceof UserError && /^[^\n]*expected a readable image of clip 0000\d, found no such file[^\n]*$/.test(error.message));
  });

  it('names the clip and the file of a broken frame, and stays usable', async () => {
    const own = await makeClips(10);
    await writeFile(own[4]!.frames[1]!, 'broken');
    await assert.rejects(collect(loader, own, TEST), (error: Error) => error instanceof UserError && error.message.includes(own[4]!.frames[1]!) && /clip 00005/.test(error.message));
    assert.equal((await collect(loader, own.slice(0, 4), TEST)).length, 2);
  });

  it('leaves broken clips out of a test and tells which; in training another clip of the batch stands in', async () => {
    const own = await makeClips(10);
    await rm(own[1]!.frames[0]!);
    const skipped: string[] = [];
    const options = { onBadClip: 'skip', onSkip: ({ id }: { id: string }) => void skipped.push(id) } as const;
    assert.deepEqual((await collect(loader, own, { ...TEST, ...options })).map(({ ids }) => ids), [['00001', '00003'], ['00004', '00005', '00006'], ['00007', '00008', '00009'], ['00010']]);
    assert.deepEqual(skipped, ['00002']);
    const train = await collect(loader, own, { ...TRAIN, ...options, batchSize: 5 });
    assert.deepEqual(train.map(({ ids, images, labels }) => [ids.length, images.length, labels.length]), [[5, 15360, 5], [5, 15360, 5]]);
    assert.ok(!train.some(({ ids }) => ids.includes('00002')));
    assert.deepEqual(skipped, ['00002', '00002']);
    assert.deepEqual(await collect(loader, [own[1]!, own[2]!], { ...TEST, ...options, batchSize: 1 }).then((batches) => batches.map(({ ids }) => ids)), [['00003']]);
    await assert.rejects(collect(loader, [own[1]!], { ...TRAIN, ...options, batchSize: 1 }), /none of the 1 clips of a batch can be read; the first: .*found no such file/);
  });

  it('gives timers and signals their turn between batches that wait already', async () => {
    const many = Array.from({ length: 200 }, (_, i) => clips[i % clips.length]!), stop = new AbortController();
    process.once('SIGUSR2', () => { stop.abort(); });
    let seen = 0;
    await assert.rejects(async () => {
      for await (const _ of loader.batches(many, { ...TEST, batchSize: 1, prefetch: 200, signal: stop.signal })) {
        if (++seen === 1) await setTimeout(2000); // all are ready
        if (seen === 5) process.kill(process.pid, 'SIGUSR2');
      }
    }, Interrupted);
    assert.ok(seen >= 5 && seen < 20, `stopped after batch ${seen} of 200`);
  });

  it('stops at an aborted signal with Interrupted and stays usable', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const batch of loader.batches(clips, { ...TEST, signal: controller.signal })) {
        seen.push(batch.ids.length);
        controller.abort();
      }
    }, Interrupted);
    assert.deepEqual(seen, [3]);
    await assert.rejects(collect(loader, clips, { ...TEST, signal: controller.signal }), Interrupted);
    assert.equal((await collect(loader, clips, TEST)).length, 4);
  });

  it('stops while a batch is awaited, too', async () => {
    const controller = new AbortController();
    const loop = collect(loader, clips, { ...TEST, batchSize: 10, signal: controller.signal });
    controller.abort(); // the loop has asked for its batch and waits
    await assert.rejects(loop, Interrupted);
  });

  it('stays usable when the loop is left early, many times', async () => {
    for (let i = 0; i < 5; i++) for await (const batch of loader.batches(clips, { ...TRAIN, epoch: i })) { assert.equal(batch.ids.length, 3); break; }
    assert.equal((await collect(loader, clips, TEST)).length, 4);
  });

  it('refuses no clips, fewer clips than a batch that may not be smaller, and no workers', async () => {
    await assert.rejects(collect(loader, [], TEST), /expected clips to test, found none/);
    await assert.rejects(collect(loader, clips, { ...TRAIN, batchSize: 11 }), /at least one batch of 11 clips, found 10; lower batchSize/);
    assert.throws(() => createLoader({ workers: 0 }), /at least 1 worker, found 0/);
  });

  it('samples as the authors do when told: a clip of at most 4 frames is frame 0 four times', async () => {
    const [batch] = await collect(loader, clips.slice(3, 4), { ...TEST, sampling: 'authors' });
    const frame = 16 * 16 * 3;
    for (let k = 1; k < 4; k++) assert.deepEqual(batch!.images.subarray(k * frame, (k + 1) * frame), batch!.images.subarray(0, frame));
  });

  it('takes frames of different sizes within a clip', async () => {
    const own = await makeClips(10);
    await writeFile(own[1]!.frames[1]!, await jpeg(48, 40, 7));
    assert.equal((await collect(loader, own.slice(1, 2), { ...TRAIN, batchSize: 1 }))[0]!.images.length, 4 * 16 * 16 * 3);
  });

  for (const [what, ending] of [['close()', 'await loader.close();'], ['a loop that was left, without close()', '']] as const) {
    it(`lets the process end after ${what}`, async () => {
      const url = new URL('../../src/data/loader.ts', import.meta.url).href;
      const code = `import { createLoader } from ${JSON.stringify(url)}; const loader = createLoader({ workers: 2 });
        for await (const batch of loader.batches(${JSON.stringify(clips)}, ${JSON.stringify(TEST)})) { console.log(batch.ids.length); break; } ${ending}`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], { timeout: 30_000 });
      assert.equal(stdout, '3\n');
    });
  }

  it('leaves no file of the clips open and no listener on the signal', async function () {
    if (process.platform !== 'linux') this.skip();
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) for await (const batch of loader.batches(clips, { ...TEST, signal })) { assert.ok(batch); break; }
    await collect(loader, clips, TEST);
    const before = readdirSync('/proc/self/fd').length;
    for (let i = 0; i < 5; i++) await collect(loader, clips, TEST);
    assert.ok(readdirSync('/proc/self/fd').length <= before + 2);
  });
});

describe('frameIndices of the controls', () => {
  const clip = { id: '00001', label: 0, frames: Array.from({ length: 40 }, (_, i) => `${i}.jpg`) };
  const options = { mode: 'test', seed: 1, epoch: 1, numSegments: 8, framesPerSegment: 1 } as const;
  const ascending = (indices: readonly number[]): number[] => indices.toSorted((a, b) => a - b);

  it('shuffles the frames of the even rule, in a test the same way each time, in training anew each epoch', () => {
    const even = frameIndices(clip, options), shuffled = frameIndices(clip, { ...options, sampling: 'shuffled' });
    assert.deepEqual(ascending(shuffled), even);
    assert.notDeepEqual(shuffled, even);
    assert.deepEqual(frameIndices(clip, { ...options, epoch: 2, sampling: 'shuffled' }), shuffled);
    const [first, second] = [1, 2].map((epoch) => frameIndices(clip, { ...options, mode: 'train', epoch, sampling: 'shuffled' }));
    assert.notDeepEqual(first, second);
    assert.deepEqual(ascending(first!), frameIndices(clip, { ...options, mode: 'train', epoch: 1 }));
  });

  it('shows the middle frame alone', () => {
    for (const mode of ['train', 'test'] as const) assert.deepEqual(frameIndices(clip, { ...options, mode, sampling: 'middle' }), Array.from({ length: 8 }, () => 20));
  });
});
