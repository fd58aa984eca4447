import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { csvFolds } from '../../src/data/csv.ts';
import { readDataset, type ReadOptions } from '../../src/data/dataset.ts';
import { decodeFrame } from '../../src/data/decode.ts';
import { createLoader } from '../../src/data/loader.ts';
import { readIdentities, readIntensity } from '../../src/data/sidecar.ts';
import { UserError } from '../../src/errors.ts';
import { emptyFrames, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';
import { hasFfmpeg, makeVideo } from './videos.ts';
import { inOneLine } from '../refusal.ts';

async function folder(files: Record<string, string | Buffer>): Promise<string> {
  const root = await temporaryFolder();
  await writeTree(root, files);
  return root;
}

const OPTIONS = { imageSize: 8, numSegments: 4, framesPerSegment: 1, batchSize: 1, mode: 'test', augment: false, seed: 1, epoch: 0, dropLast: false } as const;
const files = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

const CLIPS = emptyFrames('faces', { a: 3, b: 2, 'c é 1': 4, d: 1 });
const LIST = 'path,label,split\nfaces/a,happy,train\nfaces/b,contempt,train\nfaces/c é 1,happy,test\nfaces/d,contempt,test\n';

const read = (root: string, options: Partial<ReadOptions> = {}) => readDataset({ name: 'csv', root, fold: 1, ...options });

const fails = (root: string, message: RegExp, options: Partial<ReadOptions> = {}): Promise<void> =>
  assert.rejects(read(root, options), inOneLine(message));

describe('readDataset on a list of one\'s own', () => {
  afterEach(removeTemporaryFolders);

  it('reads path, label, split: ids are the paths, names and spaces as they are', async () => {
    const root = await folder({ 'clips.csv': LIST, ...CLIPS });
    const dataset = await read(root);
    assert.deepEqual(dataset.labelNames, ['happiness', 'contempt']);
    assert.deepEqual(dataset.train.map(({ id, label, frames }) => [id, label, frames.length]), [['faces/a', 0, 3], ['faces/b', 1, 2]]);
    assert.deepEqual(dataset.test.map(({ id, label, frames }) => [id, label, frames.length]), [['faces/c é 1', 0, 4], ['faces/d', 1, 1]]);
    assert.match(dataset.notes.join('; '), /lists: clips\.csv \(a list of one's own\); classes: 2 by name, happiness, contempt \(happy is happiness\)/);
    assert.deepEqual([dataset.name, dataset.isSynthetic, dataset.skipped], ['csv', false, undefined]);
  });

  const forms: readonly (readonly [string, string, string])[] = [
    ['the list itself in place of its folder', 'my list.csv', LIST],
    ['the only table of the folder, under any name', 'mine.csv', LIST],
    ['no header', 'clips.csv', LIST.split('\n').slice(1).join('\n')],
    ['semicolons, a byte-order mark and CRLF, as spreadsheets write', 'clips.csv', `\uFEFF${LIST.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
    ['tabs', 'clips.tsv', LIST.replaceAll(',', '\t')],
    ['columns under other names, in another order, and one that nothing reads', 'clips.csv', `subset,Emotion,note,File\n${LIST.split('\n').slice(1, 5).map((line) => { const [path, label, split] = line.split(','); return `${split},${label},x,${path}`; }).join('\n')}`],
    ['paths with ./, a slash at the end, and backslashes', 'clips.csv', LIST.replace('faces/a', './faces/a/').replace('faces/b', 'faces\\b')],
    ['a quoted path', 'clips.csv', LIST.replace('faces/a', '"faces/a"')],
  ];
  for (const [what, name, list] of forms) {
    it(`reads ${what}`, async () => {
      const root = await folder({ [name]: list, ...CLIPS });
      const { fingerprint, notes } = await read(what.startsWith('the list itself') ? join(root, name) : root);
      assert.equal(fingerprint, (await read(await folder({ 'clips.csv': LIST, ...CLIPS }))).fingerprint);
      assert.equal(/columns not read: note/.test(notes.join('; ')), what.includes('nothing reads'));
    });
  }

  it('tests a fold and trains on the others; all folds have the same classes', async () => {
    const root = await folder({ 'clips.csv': 'path,label,fold\nfaces/a,joy,1\nfaces/b,awe,1\nfaces/c é 1,joy,2\nfaces/d,joy,7\n', ...CLIPS });
    assert.deepEqual(await csvFolds(root), [1, 2, 7]);
    const dataset = await read(root, { fold: 7 });
    assert.deepEqual([dataset.train.map(({ id }) => id), dataset.test.map(({ id }) => id)], [['faces/a', 'faces/b', 'faces/c é 1'], ['faces/d']]);
    assert.deepEqual(dataset.labelNames, ['awe', 'joy']);
    await fails(root, /clips\.csv: expected clips of fold 3, found the folds 1, 2, 7; choose one of them with --fold/, { fold: 3 });
  });

  it('leaves validation clips out and says so', async () => {
    const { train, test, notes } = await read(await folder({ 'clips.csv': LIST.replace('faces/b,contempt,train', 'faces/b,contempt,val'), ...CLIPS }));
    assert.deepEqual([train.length, test.length], [1, 2]);
    assert.match(notes.join('; '), /1 validation clips are not read/);
  });

  it('takes numbers as classes where all labels are numbers', async () => {
    const { labelNames, train } = await read(await folder({ 'clips.csv': LIST.replaceAll('happy', '12').replaceAll('contempt', '3'), ...CLIPS }));
    assert.deepEqual([labelNames, train.map(({ label }) => label)], [['3', '12'], [1, 0]]);
  });

  it('knows a benchmark that this project rendered, below the list too', async () => {
    assert.equal((await read(await folder({ 'clips.csv': LIST, 'synthetic.json': '{}', ...CLIPS }))).isSynthetic, true);
    assert.equal((await read(await folder({ 'clips.csv': LIST, 'faces/synthetic.json': '{}', ...CLIPS }))).isSynthetic, true);
  });

  it('reads intensity as numbers or levels, and people, from the list; files beside it come first', async () => {
    const list = 'path,label,split,intensity,actor\nfaces/a,happy,train,LO,1001\nfaces/b,sad,train,0.25,1002\nfaces/c é 1,happy,test,XX,1001\nfaces/d,sad,test,hi,\n';
    const root = await folder({ 'clips.csv': list, ...CLIPS });
    assert.deepEqual(await readIntensity(root), new Map([['faces/a', [1 / 3]], ['faces/b', [0.25]], ['faces/d', [1]]]));
    assert.deepEqual(await readIdentities(join(root, 'clips.csv')), new Map([['faces/a', '1001'], ['faces/b', '1002'], ['faces/c é 1', '1001']]));
    await writeFile(join(root, 'identities.csv'), 'clip,identity\nfaces/a,anna\n');
    assert.deepEqual(await readIdentities(root), new Map([['faces/a', 'anna']]));
    assert.equal((await read(root)).train.length, 2, 'identities.csv is no second list');
    assert.equal(await readIntensity(await folder({ 'clips.csv': LIST, ...CLIPS })), undefined);
  });

  it('takes a path for a list or a folder by what it is, not by its name', async () => {
    const list = 'path,label,split,person\nfaces/a,happy,train,p\nfaces/b,sad,train,q\nfaces/c é 1,happy,test,r\nfaces/d,sad,test,s\n';
    for (const name of ['list.dat', 'list']) {
      const root = await folder({ [name]: list, ...CLIPS }), path = join(root, name);
      assert.equal((await read(path)).train.length, 2);
      assert.equal((await readIdentities(path))?.get('faces/b'), 'q', name);
      await writeFile(join(root, 'identities.csv'), 'clip,identity\nfaces/a,anna\n');
      assert.deepEqual(await readIdentities(path), new Map([['faces/a', 'anna']]));
    }
    const root = await folder({ 'set.txt/identities.csv': 'clip,identity\na,inside\n', 'identities.csv': 'clip,identity\na,outside\n', 'gone/identities.csv': 'clip,identity\na,left\n' });
    assert.deepEqual(await readIdentities(join(root, 'set.txt')), new Map([['a', 'inside']]));
    assert.deepEqual(await readIdentities(join(root, 'gone/clips.csv')), new Map([['a', 'left']]), 'the list is gone, what lay beside it is not');
  });

  it('refuses intensities outside 0 to 1, and two people in one clip, by line', async () => {
    const beside = (name: string, content: string): Promise<string> => folder({ 'clips.csv': LIST, [name]: content, ...CLIPS });
    for (const value of ['500', '-3', 'NaN', '1e9']) await assert.rejects(readIntensity(await beside('intensity.csv', `clip,frame,intensity\n\nfaces/a,1,0.5\nfaces/a,2,${value}\n`)), inOneLine(new RegExp(`intensity\\.csv:4: expected a frame number and an intensity from 0 to 1, found "2,${value}"; scale or mend`)));
    assert.deepEqual(await readIntensity(await beside('intensity.csv', 'clip,frame,intensity\nfaces/a,0,0\nfaces/a,1,1\n')), new Map([['faces/a', [0, 1]]]));
    await assert.rejects(readIdentities(await beside('identities.csv', 'clip,identity\nfaces/a,anna\nfaces/b,bo\nfaces/a,cleo\n')), inOneLine(/identities\.csv:4: expected one person a clip, found clip faces\/a of "cleo" after "anna"; remove one of the lines/));
    assert.equal((await readIdentities(await beside('identities.csv', 'clip,identity\nfaces/a,anna\nfaces/a,anna\n')))?.size, 1);
  });

  it('says in words why a file beside the list cannot be read', async () => {
    const root = await folder({ 'clips.csv': LIST, 'identities.csv/x': '', ...CLIPS });
    await assert.rejects(readIdentities(root), inOneLine(/identities\.csv: cannot read: expected a file, found a folder$/));
  });

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['an empty list', '\n\n', /clips\.csv: expected one clip a line, found an empty list/],
    ['a header only', 'path,label,split\n', /found a header only/],
    ['a header without a label', 'path,split,score\nfaces/a,train,1\n', /clips\.csv: expected the columns path, label and split or fold, found "path,split,score"/],
    ['a header with both split and fold', 'path,label,split,fold\nfaces/a,happy,train,1\n', /expected a column split or a column fold/],
    ['two columns for one thing', 'path,file,label,split\na,a,happy,train\n', /expected one column for the path/],
    ['a split that is none', LIST.replace('happy,test', 'happy,holdout'), /clips\.csv:4: expected train, test or validation, or the fold .*found "holdout"/],
    ['folds from 0', 'path,label,fold\nfaces/a,happy,0\nfaces/b,sad,1\n', /clips\.csv:2: expected the fold .*a whole number from 1, found "0"/],
    ['a line with too few columns', `${LIST}faces/x,happy\n`, /clips\.csv:6: expected 3 columns as in the header, found "faces\/x,happy"/],
    ['a line without a label', LIST.replace('a,happy,train', 'a,,train'), /clips\.csv:2: expected a label/],
    ['numbers among words', LIST.replace('a,happy', 'a,3'), /clips\.csv:2: expected a class by name as "contempt" at .*:3, found the number 3/],
    ['a word in two spellings', LIST.replace('d,contempt', 'd,Contempt'), /expected one spelling of a class, found "contempt" and "Contempt"/],
    ['a single class', LIST.replaceAll('contempt', 'happy'), /expected at least two classes, found only "happiness"/],
    ['the same clip twice', LIST.replace('faces/b', './faces/a'), /clips\.csv:3: expected each clip once in the training list, found faces\/a again/],
    ['a clip in both splits', LIST.replace('faces/d', 'faces/a'), /expected no clip in both splits, found faces\/a/],
    ['a path that leaves the folder', LIST.replace('faces/a', 'faces/../../a'), /clips\.csv:2: expected a folder .*found the path "faces\/\.\.\/\.\.\/a", which leaves it/],
    ['an absolute path', LIST.replace('faces/a', '/faces/a'), /found the path "\/faces\/a", which leaves it/],
    ['a drive of Windows', LIST.replace('faces/a', 'C:\\faces\\a'), /found the path "C:\\faces\\a", which leaves it/],
    ['no test clips', LIST.replaceAll('test', 'train'), /expected clips to train on and clips to test, found none to test/],
    ['an intensity out of range', 'path,label,split,intensity\nfaces/a,happy,train,70\n', /clips\.csv:2: expected an intensity from 0 to 1 or one of lo, .*found "70"/],
    ['an open quote', LIST.replace('faces/a', '"faces/a'), /clips\.csv: expected a table, found/],
    ['a picture in a clip\'s place', LIST.replace('faces/a', 'faces/a/a_00001.jpg'), /expected frames of training clip faces\/a\/a_00001\.jpg in .*, found a file/],
  ];
  for (const [what, list, message] of bad) {
    it(`refuses ${what} in one line that names the file`, async () => { await fails(await folder({ 'clips.csv': list, ...CLIPS }), message); });
  }

  it('refuses what is not UTF-8, no list, a choice of lists, a folder that is not there, and a fold of a single split', async () => {
    await fails(await folder({ 'clips.csv': Buffer.from(LIST, 'latin1'), ...CLIPS }), /clips\.csv: expected a text in UTF-8/);
    await fails(await folder(CLIPS), /expected a list of clips, clips\.csv .*found no \.csv/);
    await fails(await folder({ 'a.csv': LIST, 'b.csv': LIST, ...CLIPS }), /found a\.csv, b\.csv; pass the list itself with --data/);
    await fails('/nonexistent/mine.csv', /nonexistent.mine\.csv: expected a list of clips or the folder that holds one, found nothing/);
    await fails(await folder({ 'clips.csv': LIST, ...CLIPS }), /--fold: expected 1, since .*clips\.csv has a single split, found 2/, { fold: 2 });
  });

  it('stops at a clip that is missing, or leaves it out by id', async () => {
    const root = await folder({ 'clips.csv': LIST.replace('faces/d', 'faces/gone').replace('faces/b', 'faces/lost.mp4'), ...CLIPS });
    await fails(root, /clips\.csv:3: expected frames of training clip faces\/lost\.mp4 in .*found no such file/);
    const { train, test, skipped } = await read(root, { onBadClip: 'skip' });
    assert.deepEqual([train.length, test.length], [1, 1]);
    assert.deepEqual(skipped, { train: [{ id: 'faces/lost.mp4', reason: 'found no such file' }], test: [{ id: 'faces/gone', reason: 'found no such folder' }] });
  });

  it('finds clips whose names the disk spells in another Unicode form, as it is unpacked on macOS', async () => {
    const nfc = 'Zoë'.normalize('NFC'), nfd = nfc.normalize('NFD');
    for (const [listed, onDisk] of [[nfc, nfd], [nfd, nfc]] as const) {
      const root = await folder({ 'clips.csv': LIST.replace('faces/a', `set ${listed}/${listed}`), ...CLIPS, ...emptyFrames(`set ${onDisk}`, { [onDisk]: 3 }) }), { train } = await read(root);
      assert.deepEqual([train[0]!.id, train[0]!.frames.length, dirname(train[0]!.frames[0]!)], [`set ${listed}/${listed}`, 3, join(root, `set ${onDisk}/${onDisk}`)]);
    }
    const both = await folder({ 'clips.csv': LIST.replace('faces/a', nfc), ...CLIPS, ...emptyFrames('.', { [nfc]: 2, [nfd]: 4 }) });
    assert.equal((await read(both)).train[0]!.frames.length, 2, 'the exact name first');
    await fails(await folder({ 'clips.csv': LIST.replace('faces/a', nfc), ...CLIPS }), /found no such folder/);
  });

  it('finds loops of links', async () => {
    const root = await folder({ 'clips.csv': LIST.replace('faces/a', 'loop').replace('faces/b', 'loop.mp4'), ...CLIPS });
    await symlink(join(root, 'loop'), join(root, 'loop'));
    await symlink(join(root, 'loop.mp4'), join(root, 'loop.mp4'));
    const { skipped } = await read(root, { onBadClip: 'skip' }).catch(() => ({ skipped: undefined }));
    assert.equal(skipped, undefined, 'none of the training clips is usable');
    await fails(root, /found a loop of links; 2 of 2 clips are unusable/);
    await rm(join(root, 'loop'));
    await fails(await folder({ 'clips.csv': LIST.replace('faces/b', 'b.mp4'), 'b.mp4/x': '', ...CLIPS }), /training clip b\.mp4 in .*, found a folder;/);
    await fails(root, /training clip loop in .*, found no such folder; 2 of 2/);
    const videos = await folder({ 'clips.csv': LIST.replace('faces/a', 'loop.mp4'), ...CLIPS });
    await symlink(join(videos, 'loop.mp4'), join(videos, 'loop.mp4'));
    await fails(videos, /training clip loop\.mp4 in .*, found a loop of links;/);
  });

  describe('with video files', () => {
    before(function () { if (!hasFfmpeg) { console.log('        ffmpeg is not installed'); this.skip(); } });

    const videos = async (): Promise<string> => {
      const root = await folder({ 'clips.csv': LIST.replace('faces/b', 'b.mkv').replace('faces/d', 'd #1.mkv'), ...CLIPS });
      makeVideo(join(root, 'b.mkv'), 12);
      makeVideo(join(root, 'd #1.mkv'), 9);
      return root;
    };

    it('counts their frames once and keeps the counts beside the list, by size and time', async () => {
      const root = await videos(), counted: number[] = [];
      const { train, notes } = await read(root, { onProgress: ({ done }) => counted.push(done) });
      assert.deepEqual([train[1]!.frames.length, basename(train[1]!.frames[11]!)], [12, 'b.mkv#frame=11']);
      assert.match(notes.join('; '), /frames: 2 video files/);
      assert.deepEqual(counted, [1, 2]);
      await read(root, { onProgress: ({ done }) => counted.push(done) });
      assert.deepEqual(counted, [1, 2]);
      assert.match(await readFile(join(root, 'video-frames.csv'), 'utf8'), /^path,bytes,modified,frames\nb\.mkv,\d+,\d+,12\nd #1\.mkv,\d+,\d+,9\n$/m);
      await utimes(join(root, 'b.mkv'), 1, 1);
      await writeFile(join(root, 'd #1.mkv'), 'no video');
      await fails(root, /test clip d #1\.mkv in .*found a video that cannot be read \(ffmpeg cannot decode it/);
      assert.deepEqual((await read(root, { onBadClip: 'skip' }).catch((error: Error) => error)) instanceof Error, false);
    });

    it('finds a video whose name the disk spells in another Unicode form', async () => {
      const name = 'Zoë.mkv'.normalize('NFC'), root = await folder({ 'clips.csv': LIST.replace('faces/b', name), ...CLIPS });
      makeVideo(join(root, name.normalize('NFD')), 12);
      const { train } = await read(root);
      assert.deepEqual([train[1]!.id, basename(train[1]!.frames[11]!)], [name, `${name.normalize('NFD')}#frame=11`]);
    });

    it('loads the frames that are asked for, to the bit, decoding each video once', async () => {
      const root = await videos(), { test } = await read(root), loader = createLoader({ workers: 1 });
      for await (const { ids, images } of loader.batches(test.slice(1), OPTIONS)) {
        assert.deepEqual(ids, ['d #1.mkv']);
        // the middles of four segments of nine frames, each of one grey, 10 times its number
        assert.deepEqual([0, 1, 2, 3].map((k) => Math.round(255 * images[k * 192]!)), [10, 30, 50, 70]);
      }
      await loader.close();
      assert.equal((await decodeFrame(test[1]!.frames[8]!, 'd')).data[0], 80);
    });

    it('keeps decoded frames of videos in a disk cache, by size and time of the video', async () => {
      const root = await videos(), { test } = await read(root), folder = join(root, 'cache'), loader = createLoader({ workers: 1, cacheBytes: 0, cache: { folder } });
      const pass = async (): Promise<number[]> => { for await (const { images } of loader.batches(test.slice(1), OPTIONS)) return [0, 1, 2, 3].map((k) => Math.round(255 * images[k * 192]!)); return []; };
      await utimes(join(root, 'd #1.mkv'), 1000, 1000);
      assert.deepEqual(await pass(), [10, 30, 50, 70]);
      assert.equal(files(folder).length, 4);
      writeFileSync(join(root, 'd #1.mkv'), Buffer.alloc(statSync(join(root, 'd #1.mkv')).size)); // as large and as old, so it is not looked at
      await utimes(join(root, 'd #1.mkv'), 1000, 1000);
      assert.deepEqual(await pass(), [10, 30, 50, 70]);
      await utimes(join(root, 'd #1.mkv'), 1, 1);
      await assert.rejects(pass(), UserError);
      await loader.close();
    });

    it('says that counts cannot be kept where they cannot be written', async () => {
      const root = await videos();
      await mkdir(join(root, 'video-frames.csv'));
      const { notes, train } = await read(root);
      assert.equal(train[1]!.frames.length, 12);
      assert.match(notes.join('; '), /frames of videos are counted anew each time: .*video-frames\.csv: cannot write/);
    });
  });
});
