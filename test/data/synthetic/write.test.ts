import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import sharp from 'sharp';
import { describeClip, renderSynthetic, type RenderOptions, type SyntheticReport } from '../../../src/data/synthetic/index.ts';

const base = { layout: 'dfew', trainClips: 32, testClips: 12, seed: 11, size: 32, frames: [3, 5], workers: 1 } as const; // starting a worker takes longer than its work here
const lines = async (file: string): Promise<string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n');
const rows = async (file: string): Promise<string[][]> => (await lines(file)).slice(1).map((line) => line.split(','));

describe('renderSynthetic', () => {
  let folder: string;
  let root: string;
  let report: SyntheticReport;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'synthetic-'));
    root = join(folder, 'parent', 'dfew');
    report = await renderSynthetic({ ...base, root, workers: 2 });
  });
  after(() => rm(folder, { recursive: true }));

  const render = (name: string, options: Partial<RenderOptions> = {}): Promise<SyntheticReport> => renderSynthetic({ ...base, root: join(folder, name), ...options });
  const refused = (promise: Promise<unknown>, pattern: RegExp): Promise<void> =>
    assert.rejects(promise, (error: Error) => error.name === 'UserError' && pattern.test(error.message) && !error.message.includes('\n'));

  it('generator version 2 is frozen: every byte of a small benchmark is what it was when results were first made on it', async function frozen() {
    if (process.platform !== 'linux' || process.arch !== 'x64') this.skip(); // other builds of libvips and resvg may round otherwise
    const { digest } = await renderSynthetic({ layout: 'dfew', clips: 40, seed: 5, size: 16, workers: 2, root: join(folder, 'frozen') });
    assert.equal(digest, '53faec6915c153b22b2758e9b3d433e7783456a878e0d9227c8ff7508c37da20');
  });

  it('writes DFEW\'s lists with unpadded ids and labels from 1, five of each side', async () => {
    for (const side of ['train', 'test']) {
      const names = await readdir(join(root, `EmoLabel_DataSplit/${side}(single-labeled)`));
      assert.deepEqual(names.sort(), [1, 2, 3, 4, 5].map((k) => `set_${k}.csv`));
    }
    const [header, ...list] = await lines(join(root, 'EmoLabel_DataSplit/test(single-labeled)/set_1.csv'));
    assert.equal(header, 'video_name,label');
    assert.equal(list.length, 12);
    assert.ok(list.every((line) => /^[1-9]\d*,[1-7]$/.test(line)));
  });

  it('writes the frames as Clip/clip_224x224/00001/00001_00001.jpg ..., square JPEGs of the wanted size', async () => {
    const clips = await readdir(join(root, 'Clip/clip_224x224'));
    assert.deepEqual(clips.sort(), Array.from({ length: 44 }, (_, i) => String(i + 1).padStart(5, '0')));
    const frames = await readdir(join(root, 'Clip/clip_224x224/00007'));
    assert.deepEqual(frames.sort(), frames.map((_, f) => `00007_${String(f + 1).padStart(5, '0')}.jpg`));
    const { format, width, height, channels } = await sharp(join(root, 'Clip/clip_224x224/00007', frames[0]!)).metadata();
    assert.deepEqual({ format, width, height, channels }, { format: 'jpeg', width: 32, height: 32, channels: 3 });
  });

  it('lists labels, identities and intensities that describeClip gives for the clip\'s number', async () => {
    const labels = new Map((await rows(join(root, 'EmoLabel_DataSplit/train(single-labeled)/set_2.csv'))).map(([id, label]) => [id!.padStart(5, '0'), Number(label)]));
    const intensity = await rows(join(root, 'intensity.csv'));
    const identities = new Map((await rows(join(root, 'identities.csv'))).map(([id, person]) => [id, Number(person)]));
    for (const [id, number, , label] of await rows(join(root, 'clips.csv'))) {
      const clip = describeClip(base.seed, Number(number), { label: Number(label), frames: base.frames });
      const written = intensity.filter(([name]) => name === id);
      assert.deepEqual(written.map(([, frame]) => Number(frame)), clip.intensity.map((_, f) => f + 1));
      assert.ok(written.every(([, , value], f) => Math.abs(Number(value) - clip.intensity[f]!) < 5.1e-5));
      assert.equal((await readdir(join(root, 'Clip/clip_224x224', id!))).length, clip.intensity.length);
      assert.equal(identities.get(id), clip.identity.number);
      if (labels.has(id!)) assert.equal(labels.get(id!), clip.label + 1);
    }
  });

  it('writes annotation.xlsx with ten votes for every clip and label 0 where no six agree', async () => {
    const book = read(await readFile(join(root, 'Annotation/annotation.xlsx')));
    const [header, ...list] = utils.sheet_to_json<(string | number)[]>(book.Sheets[book.SheetNames[0]!]!, { header: 1 });
    assert.deepEqual(header, ['1happy', '2sad', '3neutral', '4angry', '5surprise', '6disgust', '7fear', 'order', 'label']);
    assert.equal(list.length, 44);
    for (const [i, row] of (list as number[][]).entries()) {
      const votes = row.slice(0, 7);
      assert.equal(votes.reduce((a, b) => a + b, 0), 10);
      assert.equal(row[7], i + 1);
      assert.equal(row[8], Math.max(...votes) >= 6 ? votes.indexOf(Math.max(...votes)) + 1 : 0);
    }
  });

  it('records parameters, counts and the hashes of every clip and list in synthetic.json', async () => {
    const file = JSON.parse(await readFile(join(root, 'synthetic.json'), 'utf8')) as { parameters: object; counts: object; manifest: { clips: Record<string, string>; files: Record<string, string> } };
    assert.deepEqual([file.parameters, file.counts], [report.parameters, report.counts]);
    assert.equal(Object.keys(file.manifest.clips).length, 44);
    const clip = createHash('sha256');
    for (const name of (await readdir(join(root, 'Clip/clip_224x224/00003'))).sort()) clip.update(await readFile(join(root, 'Clip/clip_224x224/00003', name)));
    assert.equal(file.manifest.clips['00003'], clip.digest('hex'));
    for (const [path, hash] of Object.entries(file.manifest.files)) {
      assert.equal(createHash('sha256').update(await readFile(join(root, path))).digest('hex'), hash, path);
    }
  });

  it('gives the same bytes with 1 worker as with 2, and others with another seed', async () => {
    assert.equal((await render('one')).digest, report.digest);
    assert.notEqual((await render('seed', { seed: 12 })).digest, report.digest);
  });

  it('returns at once for a folder that is complete already', async () => {
    const again = await renderSynthetic({ ...base, root });
    assert.deepEqual([again.isReused, again.digest, again.counts], [true, report.digest, report.counts]);
  });

  it('refuses a folder of other parameters and names the difference', () => refused(renderSynthetic({ ...base, root, seed: 12 }), /dfew: holds another synthetic benchmark: seed is 11, wanted 12; choose another folder/));

  it('refuses a folder that is something else, and a file', async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine/thesis.txt'), 'x');
    await refused(render('mine'), /mine: is not empty and not a synthetic benchmark/);
    await refused(render('mine/thesis.txt'), /thesis.txt: cannot read: expected a folder, found a file/);
    assert.deepEqual(await readdir(join(folder, 'mine')), ['thesis.txt']);
  });

  it('fills an empty folder', async () => {
    await mkdir(join(folder, 'empty'));
    assert.equal((await render('empty')).digest, report.digest);
  });

  it('stopped by its signal throws Interrupted, leaves no folder, and continues where it was', async () => {
    const controller = new AbortController();
    const stopped = render('stopped', { signal: controller.signal, onProgress: ({ done }) => { if (done === 20) controller.abort(); } });
    await assert.rejects(stopped, { name: 'Interrupted' });
    assert.equal(existsSync(join(folder, 'stopped')), false);
    const first: number[] = [];
    const finished = await render('stopped', { onProgress: ({ done }) => first.push(done) });
    assert.ok(first[0]! >= 20, `continued at ${first[0]}`);
    assert.equal(finished.digest, report.digest);
    assert.deepEqual((await readdir(folder)).filter((name) => name.startsWith('.')), []);
  });

  it('continues after a killed process that left half a line and half a clip', async () => {
    const controller = new AbortController();
    await assert.rejects(render('killed', { signal: controller.signal, onProgress: ({ done }) => { if (done === 10) controller.abort(); } }), { name: 'Interrupted' });
    const partial = join(folder, '.killed.partial');
    const done = await readFile(join(partial, 'done.jsonl'), 'utf8');
    const last = done.trimEnd().split('\n').at(-1)!;
    await writeFile(join(partial, 'done.jsonl'), done.slice(0, -20));
    const { id } = JSON.parse(last) as { id: string };
    await writeFile(join(partial, 'Clip/clip_224x224', id, `${id}_00001.jpg`), '');
    assert.equal((await render('killed')).digest, report.digest);
    assert.ok((await readFile(join(folder, 'killed/Clip/clip_224x224', id, `${id}_00001.jpg`))).length > 100);
  });

  it('refuses no workers', () => refused(render('nobody', { workers: 0 }), /workers must be a whole number from 1, got 0/));

  it('does not continue an interrupted run of other parameters', async () => {
    await cp(root, join(folder, '.other.partial'), { recursive: true });
    await writeFile(join(folder, '.other.partial/plan.json'), '{"seed":1}');
    assert.equal((await render('other')).digest, report.digest);
    assert.deepEqual(await readdir(join(folder, 'other')), await readdir(root));
  });

  it('a signal aborted beforehand throws and writes nothing', async () => {
    await assert.rejects(render('never', { signal: AbortSignal.abort() }), { name: 'Interrupted' });
    assert.deepEqual((await readdir(folder)).filter((name) => name.includes('never')), []);
  });

  it('reports progress from 0 to the number of clips', async () => {
    const seen: number[] = [];
    await render('progress', { onProgress: ({ done, total }) => { assert.equal(total, 44); seen.push(done); } });
    assert.deepEqual(seen, Array.from({ length: 45 }, (_, i) => i));
  });

  it('labels: raters lists only clips on which six raters agree, with their label', async () => {
    const { counts } = await render('raters', { labels: 'raters' });
    const listed = await rows(join(folder, 'raters/EmoLabel_DataSplit/train(single-labeled)/set_1.csv'));
    const voted = new Map((await rows(join(folder, 'raters/clips.csv'))).map((row) => [Number(row[0]), Number(row[18])]));
    assert.ok(listed.length > 10 && listed.length < 32);
    assert.ok(listed.every(([id, label]) => voted.get(Number(id)) === Number(label) - 1));
    assert.equal(counts.folds[0]!.train.reduce((a, b) => a + b, 0), listed.length);
  });

  it('layout ferv39k writes scenes, emotions and headerless lists', async () => {
    const { counts } = await render('ferv39k', { layout: 'ferv39k' });
    const train = await lines(join(folder, 'ferv39k/4_setups/All_scenes/train_All.csv'));
    const test = await lines(join(folder, 'ferv39k/4_setups/All_scenes/test_All.csv'));
    assert.deepEqual([train.length, test.length, counts.folds.length], [32, 12, 1]);
    for (const line of [...train, ...test]) {
      const [, id, emotion] = /^([A-Z]\w+\/(Angry|Disgust|Fear|Happy|Neutral|Sad|Surprise)\/\d{4}) \2$/.exec(line)!;
      assert.ok(emotion);
      assert.ok((await readdir(join(folder, 'ferv39k/2_ClipsforFaceCrop', id!))).includes('01.jpg'));
    }
    assert.equal((await lines(join(folder, 'ferv39k/identities.csv'))).length, 45);
  });
});
