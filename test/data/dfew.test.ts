import assert from 'node:assert/strict';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readDataset, type ReadOptions } from '../../src/data/dataset.ts';
import { emptyFrames, officialDfew, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';
import { inOneLine } from '../refusal.ts';

const TRAIN = 'EmoLabel_DataSplit/train(single-labeled)/set_1.csv';
const TEST = 'EmoLabel_DataSplit/test(single-labeled)/set_1.csv';

async function folder(files: Record<string, string>): Promise<string> {
  const root = await temporaryFolder();
  await writeTree(root, files);
  return root;
}

const read = (root: string, options: Partial<ReadOptions> = {}) => readDataset({ name: 'dfew', root, fold: 1, ...options });

const fails = (root: string, message: RegExp, options: Partial<ReadOptions> = {}): Promise<void> =>
  assert.rejects(read(root, options), inOneLine(message));

const labels = (clips: readonly { id: string; label: number }[]): Record<string, number> => Object.fromEntries(clips.map(({ id, label }) => [id, label]));

describe('readDataset on DFEW folders', () => {
  afterEach(removeTemporaryFolders);

  it('reads the official layout: ids not padded, labels 1..7', async () => {
    const root = await folder(officialDfew([['1', 2], ['2', 7], ['10', 1]], [['3', 3]]));
    const dataset = await read(root);
    assert.deepEqual(labels(dataset.train), { '00001': 1, '00002': 6, '00010': 0 });
    assert.deepEqual(labels(dataset.test), { '00003': 2 });
    assert.deepEqual(dataset.train[0]!.frames.map((frame) => basename(frame)), ['00001_00001.jpg', '00001_00002.jpg', '00001_00003.jpg']);
    assert.equal(dataset.isSynthetic, false);
    assert.match(dataset.notes.join('; '), /official.*count from 1 \(label 7 at EmoLabel_DataSplit.*clip_224x224/);
  });

  it('reads padded ids, CRLF, a byte-order mark, blank lines and spaces around the values', async () => {
    const root = await folder({ ...officialDfew([['1', 7]], [['2', 1]]), [TRAIN]: '\uFEFFvideo_name,label\r\n00001 , 7\r\n\r\n', [TEST]: 'video_name,label\r\n00002,1\r\n' });
    assert.deepEqual(labels((await read(root)).train), { '00001': 6 });
  });

  it('takes labels as counting from 0 when 0 occurs in either split, whatever the file is called', async () => {
    const root = await folder(officialDfew([['1', 1], ['2', 6]], [['3', 0]]));
    const dataset = await read(root);
    assert.deepEqual(labels(dataset.train), { '00001': 1, '00002': 6 });
    assert.match(dataset.notes.join(), /count from 0 \(label 0 at .*test\(single-labeled\).set_1\.csv:2\)/);
  });

  it('says when the label base is ambiguous, and takes the official one or the one it is told', async () => {
    const root = await folder(officialDfew([['1', 1], ['2', 6]], [['3', 2]]));
    const dataset = await read(root);
    assert.deepEqual(labels(dataset.train), { '00001': 0, '00002': 5 });
    assert.match(dataset.notes.join(), /label base ambiguous.*official/);
    assert.deepEqual(labels((await read(root, { labels: 'zero-based' })).train), { '00001': 1, '00002': 6 });
    await fails(await folder(officialDfew([['1', 7]], [['2', 1]])), /said to count from 0, found label 7/, { labels: 'zero-based' });
  });

  it("reads S2D's look-alikes, which count from 0 under nearly the same name", async () => {
    const { [TRAIN]: train, [TEST]: test, ...frames } = officialDfew([['00001', 1], ['00002', 0]], [['00004', 1]]);
    const root = await folder({ 'EmoLabel_DataSplit/train(single-labeled)/train_set_1.csv': train!, 'EmoLabel_DataSplit/test(single-labeled)/test_set_1.csv': test!, ...frames });
    const dataset = await read(root);
    assert.deepEqual(labels(dataset.train), { '00001': 1, '00002': 0 });
    assert.match(dataset.notes.join(), /S2D/);
  });

  const texts: readonly (readonly [string, string, string, string])[] = [
    ["the authors' lists with CRLF", 'annotation/set_1_train.txt', 'annotation/set_1_test.txt', './dataset/ID N L\r\n'],
    ['the lists of Former-DFER', 'annotation/DFEW_set_1_train.txt', 'annotation/DFEW_set_1_test.txt', '/home/user/datasets/DFEW_Face/ID N L\n'],
    ['the lists of DFER-CLIP, in a folder Annotation, from a path with a space', 'Annotation/DFEW_set_1_train.txt', 'Annotation/DFEW_set_1_test.txt', '/data/my sets/DFEW_Frame_Face/ID N L\n'],
    ['the lists of MAE-DFER', 'saved/data/dfew/org/split01/train.csv', 'saved/data/dfew/org/split01/val.csv', '/mnt/data1/DFEW/Clip/jpg_256/ID L\n'],
  ];
  for (const [what, train, test, line] of texts) {
    it(`reads ${what}: only the last part of the path counts, labels 0..6`, async () => {
      const row = (id: string, label: number): string => line.replace('ID', id).replace('N', '3').replace('L', String(label));
      const root = await folder({ [train]: row('02522', 5) + row('00007', 6), [test]: row('00009', 1), ...emptyFrames('Clip/jpg_256', { '02522': 3, '00007': 3, '00009': 3 }) });
      const dataset = await read(root);
      assert.deepEqual(labels(dataset.train), { '02522': 5, '00007': 6 });
      assert.deepEqual(labels(dataset.test), { '00009': 1 });
      assert.match(dataset.notes.join(), /ambiguous.*count from 0.*frames: Clip\/jpg_256/);
    });
  }

  it('takes frame counts of a list as a claim: the disk decides and a note says so', async () => {
    const root = await folder({ 'annotation/set_2_train.txt': './dataset/04561 16 0\n./dataset/00001 3 1\n', 'annotation/set_2_test.txt': './dataset/00002 3 1\n', ...emptyFrames('dataset', { '04561': 11, '00001': 3, '00002': 3 }) });
    const dataset = await read(root, { fold: 2 });
    assert.equal(dataset.train[0]!.frames.length, 11);
    assert.match(dataset.notes.join(), /1 training clips have other frame counts.*04561 \(listed 16, found 11\)/);
  });

  it('orders frames by number, not by letter, with any padding and any name', async () => {
    const { 'Clip/clip_224x224/00001/00001_00001.jpg': first, ...files } = officialDfew([['1', 7]], [['2', 1]], 1);
    assert.equal(first, '');
    const root = await folder({ ...files, ...emptyFrames('Clip/clip_224x224', { '00001': 12 }, (_, frame) => `frame ${frame}.png`), 'Clip/clip_224x224/00001/Thumbs.db': '', 'Clip/clip_224x224/00001/._frame 1.png': '' });
    const names = (await read(root)).train[0]!.frames.map((frame) => basename(frame));
    assert.deepEqual(names, Array.from({ length: 12 }, (_, i) => `frame ${i + 1}.png`));
  });

  it('finds clip folders without padding and in another folder than the known ones', async () => {
    const lists = officialDfew([['1', 7]], [['2', 1]]);
    const root = await folder({ [TRAIN]: lists[TRAIN]!, [TEST]: lists[TEST]!, ...emptyFrames('Clip/my faces é', { 1: 2, 2: 2 }) });
    const dataset = await read(root);
    assert.equal(dataset.train[0]!.id, '00001');
    assert.match(dataset.notes.join(), /frames: Clip\/my faces é/);
  });

  it('finds frames that were unpacked into a folder of their archive\'s name', async () => {
    const { [TRAIN]: train, [TEST]: test } = officialDfew([['1', 7]], [['2', 1]]);
    const root = await folder({ [TRAIN]: train!, [TEST]: test!, ...emptyFrames('Clip/clip_224x224/clip_224x224', { '00001': 3, '00002': 3 }) });
    const { notes, train: clips } = await read(root);
    assert.match(notes.join('; '), /frames: Clip\/clip_224x224\/clip_224x224/);
    assert.match(clips[0]!.frames[0]!, /clip_224x224\/clip_224x224\/00001/);
  });

  it('prefers original frames to the 16-frame interpolation, and warns when there is nothing else', async () => {
    const lists = officialDfew([['1', 7]], [['2', 1]]);
    const interpolated = emptyFrames('Clip/clip_224x224_16f', { 1: 16, 2: 16 }, (_, frame) => `${frame}.jpg`);
    assert.doesNotMatch((await read(await folder({ ...lists, ...interpolated }))).notes.join(), /WARNING/);
    const only = await read(await folder({ [TRAIN]: lists[TRAIN]!, [TEST]: lists[TEST]!, ...interpolated }));
    assert.match(only.notes.join(), /WARNING: Clip\/clip_224x224_16f .*interpolated to 16 frames/);
    assert.deepEqual(only.train[0]!.frames.slice(8, 11).map((frame) => basename(frame)), ['9.jpg', '10.jpg', '11.jpg']);
  });

  it('knows a folder that this project rendered', async () => {
    assert.equal((await read(await folder({ ...officialDfew([['1', 7]], [['2', 1]]), 'synthetic.json': '{}' }))).isSynthetic, true);
  });

  it('gives a fingerprint that follows ids, labels, splits and frame counts, not the place on disk', async () => {
    const rows = [['1', 7], ['2', 2]] as const;
    const fingerprint = async (files: Record<string, string>): Promise<string> => (await read(await folder(files))).fingerprint;
    const one = await fingerprint(officialDfew(rows, [['3', 1]]));
    assert.match(one, /^[0-9a-f]{64}$/);
    assert.equal(await fingerprint(officialDfew(rows, [['3', 1]])), one);
    assert.notEqual(await fingerprint(officialDfew(rows, [['3', 2]])), one);
    assert.notEqual(await fingerprint(officialDfew(rows, [['4', 1]])), one);
    assert.notEqual(await fingerprint(officialDfew(rows, [['3', 1]], 4)), one);
    assert.notEqual(await fingerprint(officialDfew([rows[0]], [rows[1], ['3', 1]])), one);
  });

  it('names what it looked for when the folder or the lists are missing', async () => {
    await fails('/nonexistent/DFEW', /nonexistent.DFEW: expected the folder of a dataset, found nothing/);
    const root = await folder(officialDfew([['1', 7]], [['2', 1]]));
    await fails(join(root, TRAIN), /expected the folder of a dataset, found a file/);
    await fails(root, /lists of DFEW fold 4, found none of .*set_4\.csv.*set_4_train\.txt.*check --data and --fold/, { fold: 4 });
    await fails(root, /--fold: expected a whole number/, { fold: 0 });
    await fails(root, /--fold: expected 1 to 5, since DFEW has five folds, found 6/, { fold: 6 });
    await rm(join(root, TEST));
    await fails(root, /expected DFEW fold 1's test list EmoLabel_DataSplit\/test\(single-labeled\)\/set_1\.csv beside .*found none/);
  });

  const badLists: readonly (readonly [string, string, RegExp])[] = [
    ['an empty list', '', /set_1\.csv: expected one clip a line, found an empty list/],
    ['a list of a header only', 'video_name,label\n', /found an empty list/],
    ['a label out of range', 'video_name,label\n1,7\n2,8\n', /set_1\.csv:3: expected a label 0\.\.6 or 1\.\.7 .*found 8/],
    ['a negative label', 'video_name,label\n1,-1\n', /set_1\.csv:2: .*found -1/],
    ['an unknown word', 'video_name,label\n1,joyous\n', /set_1\.csv:2: .*unknown word "joyous"/],
    ['mixed bases', 'video_name,label\n1,7\n5,0\n', /set_1\.csv:2: label 7 counts from 1, but label 0 at .*set_1\.csv:3 counts from 0/],
    ['duplicate ids', 'video_name,label\n1,7\n00001,7\n', /set_1\.csv:3: expected each clip once in the training list, found 00001 again \(first at .*set_1\.csv:2\)/],
    ['a line without a label', 'video_name,label\n1,7\n2\n', /set_1\.csv:3: expected a clip and its label, found "2"/],
    ['a path that leaves the root', 'video_name,label\n../../secret,7\n', /set_1\.csv:2: expected a clip inside .*"\.\.".*leaves it/],
    ['a clip of both splits', 'video_name,label\n1,7\n2,1\n', /expected no clip in both splits, found 00002/],
  ];
  for (const [what, list, message] of badLists) {
    it(`refuses ${what} in one line that names the file`, async () => {
      await fails(await folder({ ...officialDfew([['1', 7]], [['2', 1]]), [TRAIN]: list }), message);
    });
  }

  it('refuses a folder without any frames of the listed clips', async () => {
    const lists = officialDfew([['1', 7]], [['2', 1]]);
    await fails(await folder({ [TRAIN]: lists[TRAIN]!, [TEST]: lists[TEST]! }), /expected frame folders of the 2 listed clips such as Clip\/clip_224x224\/00001, found none/);
  });

  it('says what cannot be read, and never takes it for empty; what it does not need may be unreadable', async () => {
    const loop = async (root: string, path: string): Promise<void> => { await rm(join(root, path), { recursive: true, force: true }); await symlink(join(root, path), join(root, path)); };
    const frames = await folder(officialDfew([['1', 7]], [['2', 1]]));
    await loop(frames, 'Clip/clip_224x224');
    await fails(frames, /expected frame folders of the 2 listed clips .* or another folder \(not looked into: .*clip_224x224: cannot read: a loop of links\); unpack the frames there$/);
    await writeTree(frames, emptyFrames('Clip/other', { '00001': 3, '00002': 3 }));
    assert.match((await read(frames)).notes.join('; '), /frames: Clip\/other; WARNING: passed over a frame folder: .*clip_224x224: cannot read: a loop of links/);
    const lists = await folder(officialDfew([['1', 7]], [['2', 1]]));
    await loop(lists, 'annotation');
    assert.equal((await read(lists)).train.length, 1);
    await fails(lists, /annotation: cannot read: a loop of links$/, { fold: 2 });
    await rm(join(lists, TRAIN));
    await mkdir(join(lists, TRAIN));
    await fails(lists, /set_1\.csv: cannot read: expected a file, found a folder$/);
  });

  it('stops at a clip without frames, a missing one, a file, a loop of links; or skips them and says so', async () => {
    const root = await folder(officialDfew([['1', 7], ['2', 2], ['3', 2], ['4', 2], ['5', 2], ['6', 2]], [['7', 1]]));
    const clip = (id: number): string => join(root, `Clip/clip_224x224/0000${id}`);
    for (const id of [2, 3, 4, 5]) await rm(clip(id), { recursive: true });
    await writeTree(root, { 'Clip/clip_224x224/00003': 'a file', 'Clip/clip_224x224/00006/../00004/readme.txt': 'no frames' });
    await mkdir(clip(5));
    await rm(clip(6), { recursive: true });
    await symlink(clip(6), clip(6));
    await fails(root, /set_1\.csv:3: expected frames of training clip 00002 in .*00002, found no such folder; 5 of 6 clips are unusable; .*--on-bad-clip skip/);
    const dataset = await read(root, { onBadClip: 'skip' });
    assert.deepEqual(dataset.train.map(({ id }) => id), ['00001']);
    assert.match(dataset.notes.join(), /skipped 5 training clips.*00002 \(found no such folder\), 00003 \(found a file\), 00004 \(found no image among its 1 files\), 00005 \(found an empty folder\), 00006 \(found a loop of links\)/);
  });

  it('refuses an unknown dataset', async () => {
    await fails(await folder(officialDfew([['1', 7]], [['2', 1]])), /--dataset: expected dfew, ferv39k or csv, found "afew"/, { name: 'afew' as 'dfew' });
  });
});
