// The doctor on a sound folder and on one for each thing that it finds.
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utils, write } from '@e965/xlsx';
import sharp from 'sharp';
import { examine, type DoctorOptions, type DoctorReport } from '../../../src/data/doctor/doctor.ts';
import { MAX_EXAMPLES, type Finding } from '../../../src/data/doctor/finding.ts';
import { renderSynthetic } from '../../../src/data/synthetic/index.ts';
import { Interrupted, UserError } from '../../../src/errors.ts';
import { jpeg, picture, removeTemporaryFolders, temporaryFolder, writeTree } from '../folders.ts';
import { hasFfmpeg, makeVideo } from '../videos.ts';

const SPLIT = 'EmoLabel_DataSplit', TRAIN = `${SPLIT}/train(single-labeled)/set_1.csv`, TEST = `${SPLIT}/test(single-labeled)/set_1.csv`;
const clip = (id: number): string => `Clip/clip_224x224/${String(id).padStart(5, '0')}`;
const frame = (id: number, n: number): string => `${clip(id)}/${String(id).padStart(5, '0')}_${String(n).padStart(5, '0')}.jpg`;
const list = (ids: readonly number[], labels: readonly number[] = [1, 2, 3, 4, 5, 6, 7]): string => `video_name,label\n${ids.map((id, i) => `${id},${labels[i % labels.length]}`).join('\n')}\n`;
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Fold 1 of DFEW: a clip of each class for training (1 to 7), one for testing (8 to 14), each of 16 frames of its own. */
const SOUND: Record<string, string | Buffer> = {};

/** Findings by id, for folders of DFEW without those that any small folder has. */
async function look(files: Record<string, string | Buffer | undefined>, options: Partial<DoctorOptions> = {}, change?: (root: string) => Promise<void>): Promise<{ ids: string[]; of: (id: string) => Finding; report: DoctorReport }> {
  const root = await temporaryFolder();
  await writeTree(root, Object.fromEntries(Object.entries({ ...SOUND, ...files }).filter((entry): entry is [string, string | Buffer] => entry[1] !== undefined)));
  await change?.(root);
  const report = await examine({ root, workers: 1, ...options });
  const findings = report.findings.filter(({ id }) => !['other-counts', 'missing-fold', 'labels'].includes(id));
  return { ids: findings.map(({ id }) => id), report, of: (id) => { const found = report.findings.find((finding) => finding.id === id); assert.ok(found, `${id} among ${report.findings.map((finding) => finding.id).join(', ')}`); return found; } };
}

describe('examine', function () {
  this.timeout(300_000);
  before(async () => {
    Object.assign(SOUND, { [TRAIN]: list(range(1, 7)), [TEST]: list(range(8, 14)) });
    const pictures = await Promise.all(range(0, 13).map((seed) => jpeg(64, 64, seed)));
    for (const id of range(1, 14)) for (const n of range(1, 16)) SOUND[frame(id, n)] = pictures[(id + n) % 14]!;
    // frames of each clip in an order of its own, so that none is another's
    for (const id of range(1, 14)) SOUND[frame(id, 1)] = await jpeg(64, 64, 100 + id);
  });
  afterEach(removeTemporaryFolders);

  it('finds nothing in a sound folder but how labels are counted, and tells what it is', async () => {
    const { ids, report, of } = await look({});
    assert.deepEqual(ids, []);
    assert.deepEqual([report.layout, report.clips, report.frames, report.lengths, report.isSynthetic, report.mode], ['dfew', 14, 14 * 16, { min: 16, median: 16, max: 16 }, false, 'full']);
    assert.match(report.why, /DFEW's lists are there: EmoLabel_DataSplit.*set_1\.csv \(official, comma-separated\)/);
    assert.deepEqual(report.folds.map(({ fold, train, test }) => [fold, train, test]), [[1, Array(7).fill(1), Array(7).fill(1)]]);
    assert.deepEqual(report.folds[0]!.known!.test, [489, 379, 534, 435, 294, 29, 181]);
    assert.deepEqual([of('other-counts').count, of('other-counts').severity, of('missing-fold').examples], [2, 'warning', ['2', '3', '4', '5']]);
    assert.deepEqual(of('labels').examples, ['labels count from 1']);
    assert.ok(report.bytes > 100_000);
  });

  it('opens no image in the fast mode', async () => {
    const broken = { [frame(3, 2)]: '' };
    const fast = await look(broken, { isFast: true });
    assert.deepEqual([fast.ids, fast.report.mode, fast.report.bytes, fast.report.frames], [[], 'fast', 0, 224]);
    assert.deepEqual((await look(broken)).ids, ['broken-frame']);
  });

  it('finds frames that cannot be read, by clip and file, and says what training does', async () => {
    const whole = SOUND[frame(1, 2)] as Buffer;
    const { ids, of } = await look({ [frame(1, 2)]: '', [frame(2, 3)]: whole.subarray(0, 900), [frame(3, 4)]: 'no picture' }, {}, async (root) => {
      await rm(join(root, frame(4, 5)));
      await symlink(join(root, frame(4, 5)), join(root, frame(4, 5)));
      await rm(join(root, frame(5, 6)));
      await mkdir(join(root, frame(5, 6)));
    });
    assert.deepEqual(ids, ['broken-frame']);
    const found = of('broken-frame');
    assert.equal(found.severity, 'error');
    for (const [i, expected] of [/00001\/00001_00002\.jpg: an empty file/, /00002\/.*: .+/, /00003\/.*: .*unsupported|format/, /00004\/.*: a loop of links/, /00005\/.*: a folder/].entries()) assert.match(found.examples[i]!, expected);
    assert.match(found.training, /stops.*--on-bad-clip skip/);
  });

  it('finds pictures that are not what the set delivers, and goes on with them', async () => {
    const raw = (width: number, height: number) => sharp(picture(width, height), { raw: { width, height, channels: 3 } });
    const { ids, of } = await look({
      [frame(1, 1)]: await raw(64, 64).png().toBuffer(), [frame(2, 1)]: await raw(64, 64).toColourspace('cmyk').jpeg().toBuffer(), [frame(3, 1)]: await raw(64, 64).toColourspace('b-w').jpeg().toBuffer(),
      [frame(4, 1)]: await raw(64, 64).toColourspace('rgb16').png().toBuffer(), [frame(5, 1)]: await raw(64, 64).ensureAlpha(0.5).png().toBuffer(),
      [frame(6, 1)]: await raw(1, 1).jpeg().toBuffer(), [frame(7, 1)]: await raw(2000, 16).jpeg().toBuffer(),
    });
    assert.deepEqual(ids.toSorted(), ['cmyk-frame', 'deep-frame', 'grey-frame', 'large-frame', 'misnamed-frame', 'mixed-sizes', 'not-square', 'small-frame', 'transparent-frame']);
    for (const [id, examples] of Object.entries({
      'misnamed-frame': ['00001 (1 of 16)', '00004 (1 of 16)', '00005 (1 of 16)'], 'cmyk-frame': ['00002 (1 of 16)'], 'grey-frame': ['00003 (1 of 16)'], 'deep-frame': ['00004 (1 of 16)'], 'transparent-frame': ['00005 (1 of 16)'],
      'small-frame': ['00006 (1x1)', '00007 (2000x16)'], 'large-frame': ['00007 (2000x16)'], 'not-square': ['00007 (2000x16)'], 'mixed-sizes': ['00006 (1 x 1x1, 15 x 64x64)', '00007 (1 x 2000x16, 15 x 64x64)'],
    })) assert.deepEqual(of(id).examples, examples, id);
  });

  it('finds identical clips by content, on both sides of a split, with different labels', async () => {
    const copy = (from: number, to: number) => Object.fromEntries(range(1, 16).map((n) => [frame(to, n), SOUND[frame(from, n)]]));
    const { ids, of } = await look({ ...copy(1, 8), ...copy(2, 10) });
    assert.deepEqual(ids, ['leaking-clip', 'contradicting-clip', 'identical-clip']);
    assert.deepEqual(of('leaking-clip').examples, ['00001 = 00008 (fold 1)', '00002 = 00010 (fold 1)']);
    assert.deepEqual(of('contradicting-clip').examples, ['00002 = 00010 (sadness, neutral)']);
    assert.deepEqual((await look({ ...copy(1, 2) })).ids, ['contradicting-clip', 'identical-clip'], 'on one side nothing leaks');
    assert.deepEqual((await look({ ...copy(1, 8), [frame(8, 16)]: SOUND[frame(3, 1)] })).ids, [], 'one other frame makes another clip');
  });

  it('finds missing, empty and wrong folders, gaps, single frames, short and unlisted clips', async () => {
    const without = (id: number, frames: readonly number[]): Record<string, undefined> => Object.fromEntries(frames.map((n) => [frame(id, n), undefined]));
    const { ids, of } = await look({ ...without(1, range(1, 16)), ...without(2, range(1, 16)), ...without(3, range(1, 16)), ...without(4, [5, 6]), ...without(5, range(2, 16)), [clip(3)]: 'a file', [`${clip(99)}/00099_00001.jpg`]: '' }, {}, (root) => mkdir(join(root, clip(2))).then(() => {}));
    assert.deepEqual(ids, ['missing-clip', 'missing-frames', 'single-frame', 'short-clip', 'unlisted-folder']);
    assert.deepEqual(of('missing-clip').examples, ['00001: found no such folder', '00002: found an empty folder', '00003: found a file']);
    assert.deepEqual(of('missing-frames').examples, ['00004 (2 of 16)']);
    assert.deepEqual(of('single-frame').examples, ['00005']);
    assert.deepEqual(of('short-clip').examples, ['00004 (14)', '00005 (1)']);
    assert.deepEqual(of('unlisted-folder').examples, ['00099']);
  });

  it('finds frames that are there under several names, and no gap for their sake', async () => {
    const own = (id: number, n: number): Buffer => SOUND[frame(id, n)] as Buffer, as = (id: number, n: number, name: string): string => frame(id, n).replace('.jpg', name);
    const copies = Object.fromEntries(range(1, 16).map((n) => [as(2, n, '.png'), own(2, n)]));
    const { ids, of, report } = await look({ ...copies, [as(3, 4, ' (1).jpg')]: own(3, 4), [`${clip(3)}/3_5.jpg`]: own(3, 5) }, { isFast: true });
    assert.deepEqual([ids, report.frames], [['doubled-frames'], 14 * 16 + 18]);
    assert.deepEqual(of('doubled-frames').examples, ['00002 (16 of 32, such as 00002_00001.png beside 00002_00001.jpg)', '00003 (2 of 18, such as 3_5.jpg beside 00003_00005.jpg)']);
    assert.match(of('doubled-frames').training, /counts each file/);
  });

  it('finds lists that disagree: doubled, on both sides, refused, other labels in another fold, no base, other lists beside', async () => {
    assert.deepEqual((await look({ [TRAIN]: `${list(range(1, 7))}3,3\n` })).of('doubled-clip').examples, [`fold 1: 00003 (${TRAIN}:4 and ${TRAIN}:9)`]);
    assert.deepEqual((await look({ [TEST]: list([...range(8, 14), 7]) })).of('both-sides').examples, ['fold 1: 00007']);
    const refused = await look({ [TRAIN]: `${list(range(1, 7))}15,8\n` });
    assert.deepEqual([refused.ids, refused.report.clips], [['unreadable-list'], 0]);
    assert.match(refused.of('unreadable-list').examples[0]!, /^fold 1: EmoLabel_DataSplit.*set_1\.csv:9: expected a label 0\.\.6 or 1\.\.7 .*found 8/);
    const outside = await look({ [TEST]: 'video_name,label\n../../x,1\n' });
    assert.match(outside.of('unreadable-list').examples[0]!, /set_1\.csv:2: .*leaves it/);
    const second = { [TRAIN.replace('1.csv', '2.csv')]: list(range(8, 14)), [TEST.replace('1.csv', '2.csv')]: list(range(1, 7), [2, 1, 3, 4, 5, 6, 7]) };
    assert.deepEqual((await look(second)).of('two-labels').examples, ['00001 (happiness, sadness)', '00002 (sadness, happiness)']);
    assert.deepEqual((await look(second, { folds: [2] })).report.folds.map(({ fold }) => fold), [2]);
    assert.deepEqual((await look(second, { folds: [2, 9] })).of('missing-fold').examples, ['9']);
    for (const name of [undefined, 'dfew'] as const) {
      const other = await look(second, { folds: [9], name });
      assert.deepEqual([other.report.layout, other.report.clips, other.report.findings.map(({ id }) => id)], ['dfew', 0, ['no-lists']]);
      assert.deepEqual([other.of('no-lists').examples, other.of('no-lists').severity], [['fold 9: there are lists of the folds 1, 2'], 'error']);
    }
    assert.deepEqual((await look({ [TRAIN]: list(range(1, 7), [1, 2]), [TEST]: list(range(8, 14), [3]) })).ids, ['untrained-class', 'untested-class', 'ambiguous-labels']);
    const beside = await look({ 'annotation/set_1_train.txt': './dataset/00001 16 0\n', 'annotation/set_1_test.txt': './dataset/00008 16 0\n' });
    assert.match(beside.of('other-lists').examples[0]!, /annotation\/set_1_train\.txt/);
  });

  it('tells the base of the official lists and of their look-alikes, and counts of lists from the disk', async () => {
    const zero = await look({ [TRAIN]: list(range(1, 7), range(0, 6)), [TEST]: list(range(8, 14), range(0, 6)) });
    assert.deepEqual([zero.of('labels').examples, zero.report.folds[0]!.train], [['labels count from 0'], Array(7).fill(1)]);
    const text = (ids: readonly number[]): string => ids.map((id, i) => `./dataset/${String(id).padStart(5, '0')} ${id === 3 ? 16 : 15} ${i}\r\n`).join('');
    const authors = await look({ [TRAIN]: undefined, [TEST]: undefined, 'annotation/set_1_train.txt': text(range(1, 7)), 'annotation/set_1_test.txt': text(range(8, 14)) });
    assert.match(authors.report.why, /annotation\/set_1_train\.txt \(IAL, path count label\)/);
    assert.deepEqual([authors.of('other-length').count, authors.of('other-length').examples[0]], [13, '00001 (listed 15, found 16)']);
  });

  it('recognises the delivery of 16 interpolated frames, by its folder, or by its clips under another name', async () => {
    const moved = Object.fromEntries(Object.entries(SOUND).map(([name, content]) => [name.replace('clip_224x224', 'clip_224x224_16f'), content]));
    const gone = Object.fromEntries(Object.keys(SOUND).filter((name) => name.startsWith('Clip/')).map((name) => [name, undefined]));
    assert.match((await look({ ...gone, ...moved })).of('interpolated-frames').examples[0]!, /clip_224x224_16f holds clips interpolated to 16 frames/);
    const more = range(15, 34), frames = Object.fromEntries(more.flatMap((id) => range(1, 16).map((n) => [frame(id, n), SOUND[frame(1 + (id % 14), n)]])));
    const renamed = await look({ ...frames, [TRAIN]: list([...range(1, 7), ...more]) }, { isFast: true });
    assert.deepEqual(renamed.ids, ['sixteen-frames']);
  });

  it('looks at people, intensities, votes beside the lists', async () => {
    const table = (labels: readonly number[]): Buffer => write({ Sheets: { a: utils.json_to_sheet(labels.map((label, i) => ({ order: i + 1, label }))) }, SheetNames: ['a'] }, { type: 'buffer', bookType: 'xlsx' }) as Buffer;
    const labels = [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7];
    assert.deepEqual((await look({ 'Annotation/annotation.xlsx': table(labels) })).ids, []);
    assert.deepEqual((await look({ 'Annotation/annotation.xlsx': table(labels.with(2, 0).with(13, 1)) })).of('other-than-voted').examples, ['00003 (listed neutral, voted none)', '00014 (listed fear, voted happiness)']);
    assert.deepEqual((await look({ 'Annotation/annotation.xlsx': 'no table' })).ids, ['broken-annotation']);
    assert.deepEqual((await look({ 'Annotation/annotation.xlsx/x': '' })).of('broken-annotation').examples, ['Annotation/annotation.xlsx: cannot read: expected a file, found a folder']);
    const people = await look({ 'identities.csv': `clip,identity\n00001,anna\n00008,anna\n${range(2, 7).map((id) => `0000${id},p${id}`).join('\n')}\n` });
    assert.deepEqual([people.ids, people.of('person-on-both-sides').examples, people.of('unknown-person').count], [['person-on-both-sides', 'unknown-person'], ['anna (fold 1)'], 6]);
    assert.deepEqual((await look({ 'identities.csv': 'clip,person\n' })).ids, ['broken-identities']);
    const intensity = await look({ 'intensity.csv': 'clip,frame,intensity\n00001,1,0.5\n00001,2,0.6\n' });
    assert.deepEqual([intensity.ids, intensity.of('other-intensity-length').examples, intensity.of('unknown-intensity').count], [['other-intensity-length', 'unknown-intensity'], ['00001 (2 values, 16 frames)'], 13]);
    for (const value of ['strong', '500', '-3']) assert.deepEqual((await look({ 'intensity.csv': `clip,frame,intensity\n00001,1,${value}\n` })).ids, ['broken-intensity'], value);
    assert.match((await look({ 'identities.csv': 'clip,identity\n00001,anna\n00001,bo\n' })).of('broken-identities').examples[0]!, /identities\.csv:3: expected one person a clip/);
  });

  it('compares a rendered benchmark with its manifest', async () => {
    const root = await temporaryFolder();
    await renderSynthetic({ root: join(root, 'set'), layout: 'dfew', trainClips: 28, testClips: 14, size: 48, frames: [16, 18], seed: 4, workers: 1 });
    const sound = await examine({ root: join(root, 'set'), workers: 1 });
    assert.deepEqual([sound.isSynthetic, sound.findings.filter(({ severity }) => severity !== 'note')], [true, []]);
    await cp(join(root, 'set'), join(root, 'changed'), { recursive: true });
    const [first] = (await readFile(join(root, 'changed', TRAIN), 'utf8')).split('\n').slice(1), id = first!.split(',')[0]!.padStart(5, '0');
    await writeFile(join(root, 'changed', `Clip/clip_224x224/${id}/${id}_00001.jpg`), await jpeg(48, 48, 5));
    await writeFile(join(root, 'changed', 'identities.csv'), `${await readFile(join(root, 'changed', 'identities.csv'), 'utf8')}99999,nobody\n`);
    const { findings } = await examine({ root: join(root, 'changed'), workers: 2 });
    assert.deepEqual(findings.filter(({ severity }) => severity === 'warning').map(({ id: one, examples }) => [one, examples]), [['changed-file', ['identities.csv']], ['changed-clip', [id]]]);
  });

  it('says that a synthetic.json is broken, and takes the set for synthetic as training does', async () => {
    for (const [content, expected] of [
      ['{"manifest":{},"parameters":{}}', /synthetic\.json: expected the manifest of a rendered benchmark .*, found something else$/], ['{"manifest":{"clips":{},"fi', /synthetic\.json: expected JSON, found .+/],
      ['null', /found something else/], ['{"parameters":{},"manifest":{"clips":{"a":1},"files":{}}}', /found something else/],
    ] as const) {
      const { ids, of, report } = await look({ 'synthetic.json': content });
      assert.deepEqual([ids, report.isSynthetic, of('broken-manifest').severity], [['broken-manifest'], true, 'warning'], content);
      assert.match(of('broken-manifest').examples[0]!, expected);
    }
  });

  it('tells lists without frames, and folders that cannot be read, from broken lists', async () => {
    const gone = Object.fromEntries(Object.keys(SOUND).filter((name) => name.startsWith('Clip/')).map((name) => [name, undefined]));
    const bare = await look(gone);
    assert.deepEqual(bare.ids, ['no-frames']);
    assert.match(bare.of('no-frames').examples[0]!, /^fold 1: .*expected frame folders of the 14 listed clips/);
    assert.match(bare.of('no-frames').advice, /^unpack the frames/);
    const loop = (path: string) => (root: string) => symlink(join(root, path), join(root, path));
    const hidden = await look({ ...gone, [TRAIN]: undefined, [TEST]: undefined }, {}, loop('label'));
    assert.deepEqual([hidden.ids, hidden.of('unreadable-folder').examples.map((line) => line.replace(/: .*label:/, ': label:'))], [['unreadable-folder'], ['fold 1, 2, 3, 4, 5: label: cannot read: a loop of links']]);
    const own = Object.fromEntries(range(1, 14).flatMap((id) => range(1, 16).map((n) => [`own/${id}/${n}.jpg`, SOUND[frame(id, n)]])));
    const beside = await look({ ...gone, ...own, 'Clip/other.txt': '' }, {}, loop('Clip/clip_224x224'));
    assert.deepEqual(beside.ids, ['passed-folder']);
    assert.deepEqual((await look({ 'Annotation/readme.txt': '' }, { isFast: true }, (root) => symlink(join(root, 'annotation.xlsx'), join(root, 'annotation.xlsx')))).ids, ['broken-annotation']);
    const other = await look({ ...gone, [TRAIN]: undefined, [TEST]: undefined, 'clips.csv': 'a,sad,train\nb,fear,test\n' }, {}, loop('label'));
    assert.equal(other.report.layout, 'csv', 'a folder that cannot be read does not hide the lists of another set');
  });

  it('looks at FERV39k, and says where a clip lies in the folder of another expression', async () => {
    const root = await temporaryFolder(), faces = (name: string, seed: number) => Promise.all(range(1, 16).map(async (n) => [`2_ClipsforFaceCrop/${name}/${String(n).padStart(2, '0')}.jpg`, await jpeg(64, 64, seed + n)] as const)).then(Object.fromEntries);
    await writeTree(root, { '4_setups/All_scenes/train_All.csv': 'Action/Sad/0010 Sad\nAction/Happy/0011 Fear\n', '4_setups/All_scenes/test_All.csv': 'Crime/Sad/0001 Sad\n', ...await faces('Action/Sad/0010', 1), ...await faces('Action/Happy/0011', 40), ...await faces('Crime/Sad/0001', 80) });
    const { layout, findings } = await examine({ root, workers: 1 });
    assert.equal(layout, 'ferv39k');
    assert.match(findings.find(({ id }) => id === 'other-folder')!.examples[0]!, /1 clips lie in the folder of another expression than listed/);
    assert.deepEqual((await examine({ root, name: 'dfew', workers: 1 })).findings.map(({ id }) => id), ['no-lists']);
    await assert.rejects(examine({ root, name: 'dfew', scene: 'Action' }), /^UserError: --scene: expected only with --dataset ferv39k/);
    await writeTree(root, { '4_setups/22_scenes/train_Action.csv': 'Action/Sad/0010 Sad\n', '4_setups/22_scenes/test_Action.csv': 'Action/Happy/0011 Fear\n' });
    const one = await examine({ root, scene: 'action', workers: 1 });
    assert.deepEqual([one.layout, one.clips, one.folds[0]!.known, one.findings.some(({ id }) => id === 'other-counts')], ['ferv39k', 2, null, false]);
    assert.ok(one.folds[0]!.sources.includes('scene: Action only, by its own lists'));
    for (const half of ['train_All.csv', 'test_All.csv']) await rm(join(root, '4_setups/All_scenes', half));
    const scenes = await examine({ root, workers: 1 });
    assert.deepEqual([scenes.layout, scenes.findings.map(({ id, advice }) => [id, advice])], ['ferv39k', [['no-lists', 'pass --scene NAME']]]);
  });

  it('looks at a list of one\'s own, its unread columns and validation clips, and at videos', async function () {
    const root = await temporaryFolder(), own = { a: 1, b: 20, c: 40, d: 60 };
    await writeTree(root, { 'clips.csv': `path,label,split,note\n${Object.keys(own).map((id, i) => `${id},${i % 2 ? 'calm' : 'excited'},${i < 2 ? 'train' : 'test'},x`).join('\n')}\ne,calm,val,x\n` });
    for (const [id, seed] of Object.entries(own)) await writeTree(root, Object.fromEntries(await Promise.all(range(1, 16).map(async (n) => [`${id}/${n}.jpg`, await jpeg(64, 64, seed + n)] as const))));
    const report = await examine({ root, workers: 1 });
    assert.deepEqual([report.layout, report.labelNames, report.findings.map(({ id }) => id)], ['csv', ['calm', 'excited'], ['unread-column', 'validation-clips']]);
    assert.deepEqual((await examine({ root: join(root, 'clips.csv'), workers: 1 })).clips, 4);
    const spelled = await temporaryFolder(), name = 'Zoë'.normalize('NFC');
    await cp(root, spelled, { recursive: true });
    await rename(join(spelled, 'a'), join(spelled, name.normalize('NFD')));
    await writeFile(join(spelled, 'clips.csv'), (await readFile(join(spelled, 'clips.csv'), 'utf8')).replace('\na,', `\n${name},`));
    assert.deepEqual((await examine({ root: spelled, workers: 1 })).findings.map(({ id }) => id), ['unread-column', 'validation-clips'], 'neither missing nor unlisted');
    if (!hasFfmpeg) { console.log('        ffmpeg is not installed: videos are not looked at'); return; }
    makeVideo(join(root, 'v.mkv'), 24);
    makeVideo(join(root, 'w.mkv'), 20);
    await cp(join(root, 'v.mkv'), join(root, 'x.mkv'));
    await writeFile(join(root, 'clips.csv'), 'v.mkv,calm,train\nw.mkv,excited,train\nx.mkv,calm,test\nb,excited,test\n');
    const videos = await examine({ root, workers: 1 });
    assert.deepEqual([videos.frames, videos.findings.map(({ id }) => id)], [24 + 20 + 24 + 16, ['small-frame', 'not-square', 'leaking-clip', 'unlisted-folder', 'identical-clip']]);
    const content = await readFile(join(root, 'w.mkv'));
    await writeFile(join(root, 'w.mkv'), content.subarray(0, content.length / 2));
    const cut = await examine({ root, workers: 1 });
    assert.ok(cut.findings.some(({ id, examples }) => (id === 'broken-frame' && examples[0]!.startsWith('w.mkv/w.mkv: ')) || id === 'missing-clip'), JSON.stringify(cut.findings));
  });

  it('says that videos need ffmpeg where there is none', async () => {
    const root = await temporaryFolder(), path = process.env['PATH'];
    await writeTree(root, { 'clips.csv': 'v.mkv,calm,train\nw.mkv,excited,test\n', 'v.mkv': 'x', 'w.mkv': 'x' });
    process.env['PATH'] = root;
    const { findings } = await examine({ root, workers: 1 }).finally(() => { process.env['PATH'] = path; });
    assert.deepEqual(findings.map(({ id }) => id), ['no-ffmpeg']);
    assert.match(findings[0]!.advice, /^install ffmpeg/);
  });

  it('says of a folder without lists what it holds instead; refuses what is no folder', async () => {
    const empty = await examine({ root: await temporaryFolder() });
    assert.deepEqual([empty.layout, empty.findings.map(({ id, severity, examples }) => [id, severity, examples])], [null, [['no-lists', 'error', ['the folder is empty']]]]);
    const root = await temporaryFolder();
    await writeTree(root, Object.fromEntries(range(1, 12).map((n) => [`file${n}.txt`, ''])));
    assert.match((await examine({ root })).findings[0]!.examples[0]!, /^the folder holds file1\.txt, .* and 4 more$/);
    await assert.rejects(examine({ root: join(root, 'none') }), (error: Error) => error instanceof UserError && /expected the folder of a dataset, found nothing/.test(error.message));
  });

  it('shows a bounded number of examples, stops when asked to, and takes any number of threads', async () => {
    const missing = Object.fromEntries(range(1, 12).flatMap((id) => range(1, 16).map((n) => [frame(id, n), undefined])));
    const { of } = await look(missing);
    assert.deepEqual([of('missing-clip').count, of('missing-clip').examples.length], [12, MAX_EXAMPLES]);
    const controller = new AbortController();
    await assert.rejects(look({}, { signal: controller.signal, onProgress: () => controller.abort() }), Interrupted);
    const seen: number[] = [];
    const { ids } = await look({}, { workers: 3, onProgress: ({ done, total }) => { assert.equal(total, 14); seen.push(done); } });
    assert.deepEqual([ids, seen], [[], range(1, 14)]);
  });
});
