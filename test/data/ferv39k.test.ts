import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readDataset, type ReadOptions } from '../../src/data/dataset.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { emptyFrames, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';
import { inOneLine } from '../refusal.ts';

const TRAIN = '4_setups/All_scenes/train_All.csv';
const TEST = '4_setups/All_scenes/test_All.csv';
const FRAMES = emptyFrames('2_ClipsforFaceCrop', { 'Action/Sad/0010': 11, 'War/Angry/0001': 2, 'War/Happy/0001': 2, 'Crime/Fear/0002': 2 }, (_, frame) => `${String(frame).padStart(2, '0')}.jpg`);

async function read(files: Record<string, string>, options: Partial<ReadOptions> = {}) {
  const root = await temporaryFolder();
  await writeTree(root, files);
  return readDataset({ name: 'ferv39k', root, fold: 1, ...options });
}

const fails = (files: Record<string, string>, message: RegExp, options: Partial<ReadOptions> = {}): Promise<void> =>
  assert.rejects(read(files, options), inOneLine(message));

const named = (clips: readonly { id: string; label: number }[]): string[] => clips.map(({ id, label }) => `${id} ${EXPRESSIONS[label]}`);

describe('readDataset on FERV39k folders', () => {
  afterEach(removeTemporaryFolders);

  it('reads the official lists without header, Scene/Emotion/ID and a word', async () => {
    const dataset = await read({ ...FRAMES, [TRAIN]: 'Action/Sad/0010 Sad\r\nWar/Angry/0001 Angry\r\nWar/Happy/0001 Happy\r\n', [TEST]: 'Crime/Fear/0002 Fear\n' });
    assert.deepEqual(named(dataset.train), ['Action/Sad/0010 sadness', 'War/Angry/0001 anger', 'War/Happy/0001 happiness']);
    assert.deepEqual(named(dataset.test), ['Crime/Fear/0002 fear']);
    assert.equal(dataset.train[0]!.frames.length, 11);
    assert.match(dataset.notes.join('; '), /train_All\.csv \(official, path label\); labels by name; frames: 2_ClipsforFaceCrop/);
  });

  it('reads the lists of Former-DFER and DFER-CLIP, whose numbers follow DFEW', async () => {
    const path = '/home/user/datasets/FERV39K/2_ClipsforFaceCrop';
    const dataset = await read({ ...FRAMES, 'annotation/FERV39K_train.txt': `${path}/Action/Sad/0010 11 1\n${path}/War/Happy/0001 3 0\n`, 'annotation/FERV39K_test.txt': `${path}/Crime/Fear/0002 2 6\n` });
    assert.deepEqual(named([...dataset.train, ...dataset.test]), ['Action/Sad/0010 sadness', 'War/Happy/0001 happiness', 'Crime/Fear/0002 fear']);
    assert.match(dataset.notes.join('; '), /numbers mean 0 happiness, 1 sadness, 6 fear.*War\/Happy\/0001 \(listed 3, found 2\)/);
  });

  it("reads S2D's lists, whose numbers are alphabetical: the folder's name decides", async () => {
    const dataset = await read({ ...FRAMES, 'Annotation/train.csv': 'path,id\nAction/Sad/0010,5\nWar/Angry/0001,0\n', 'Annotation/test.csv': 'path,id\nCrime/Fear/0002,2\n' });
    assert.deepEqual(named([...dataset.train, ...dataset.test]), ['Action/Sad/0010 sadness', 'War/Angry/0001 anger', 'Crime/Fear/0002 fear']);
    assert.match(dataset.notes.join(), /numbers mean 0 anger, 2 fear, 5 sadness/);
  });

  it('reads the lists of MAE-DFER', async () => {
    const dataset = await read({ ...FRAMES, 'saved/data/ferv39k/all_scenes/train.csv': '/mnt/2_ClipsforFaceCrop/Action/Sad/0010 1\n', 'saved/data/ferv39k/all_scenes/test.csv': '/mnt/2_ClipsforFaceCrop/Crime/Fear/0002 6\n' });
    assert.deepEqual(named([...dataset.train, ...dataset.test]), ['Action/Sad/0010 sadness', 'Crime/Fear/0002 fear']);
  });

  it('keeps one scene when asked, and names the scenes when it has no clip', async () => {
    const files = { ...FRAMES, [TRAIN]: 'Action/Sad/0010 Sad\nWar/Angry/0001 Angry\n', [TEST]: 'War/Happy/0001 Happy\nCrime/Fear/0002 Fear\n' };
    const dataset = await read(files, { scene: 'war' });
    assert.deepEqual([...dataset.train, ...dataset.test].map(({ id }) => id), ['War/Angry/0001', 'War/Happy/0001']);
    await fails(files, /train_All\.csv: expected clips of the scene "School", found only Action, War/, { scene: 'School' });
  });

  const ALL = { ...FRAMES, [TRAIN]: 'Action/Sad/0010 Sad\nWar/Angry/0001 Angry\n', [TEST]: 'War/Happy/0001 Happy\nCrime/Fear/0002 Fear\n' };
  const OWN_TRAIN = 'War/Happy/0001 Happy\n', OWN_TEST = 'War/Angry/0001 Angry\n'; // the other way round than in ALL: tells which were read

  it('says which scene was read, as the clips spell it, and from which lists; says nothing where all were', async () => {
    const one = await read(ALL, { scene: 'WAR' }), all = await read(ALL);
    assert.deepEqual([one.scene, 'scene' in all], ['War', false]);
    assert.match(one.notes.join('; '), /lists: 4_setups\/All_scenes\/train_All\.csv .*scene: War only, out of the lists of all scenes/);
    assert.notEqual(one.fingerprint, all.fingerprint);
  });

  const places: readonly (readonly [string, string, string])[] = [
    ['beside each other', '4_setups/22_scenes/train_War.csv', '4_setups/22_scenes/test_War.csv'],
    ['in a folder of the scene', '4_setups/22_scenes/War/train.csv', '4_setups/22_scenes/War/test.csv'],
    ['with the name in both, other letter case, as text', '4_setups/22_scenes/war/WAR_Train_list.txt', '4_setups/22_scenes/war/WAR_Test_list.txt'],
    ['without 4_setups', '22_scenes/War-train.csv', '22_scenes/War-test.csv'],
  ];
  for (const [where, train, test] of places) {
    it(`takes a scene's own lists ${where}`, async () => {
      const dataset = await read({ ...ALL, [train]: OWN_TRAIN, [test]: OWN_TEST, '4_setups/22_scenes/train_Warmth.csv': 'x', '4_setups/22_scenes/test_Warmth.csv': 'x' }, { scene: 'war' });
      assert.deepEqual([dataset.scene, ...named([...dataset.train, ...dataset.test])], ['War', 'War/Happy/0001 happiness', 'War/Angry/0001 anger']);
      assert.ok(dataset.notes.some((note) => note.startsWith(`lists: ${train} (official`)), dataset.notes.join('; '));
      assert.ok(dataset.notes.includes('scene: War only, by its own lists'));
    });
  }

  it("falls back to the lists of all scenes where there are only other scenes' own", async () => {
    const dataset = await read({ ...ALL, '4_setups/22_scenes/train_Action.csv': OWN_TRAIN, '4_setups/22_scenes/test_Action.csv': OWN_TEST }, { scene: 'War' });
    assert.deepEqual(named(dataset.train), ['War/Angry/0001 anger']);
  });

  it("refuses half a pair, two lists of a split, and another scene's clip in a scene's own list", async () => {
    const [train, test] = ['4_setups/22_scenes/train_War.csv', '4_setups/22_scenes/test_War.csv'];
    await fails({ ...ALL, [train]: OWN_TRAIN }, /22_scenes: expected the test list of the scene "War" beside train_War\.csv, found none/, { scene: 'War' });
    await fails({ ...ALL, [train]: OWN_TRAIN, [test]: OWN_TEST, '4_setups/22_scenes/War_train.csv': OWN_TRAIN }, /expected one train list of the scene "War", found .*War_train\.csv/, { scene: 'War' });
    await fails({ ...ALL, [train]: `${OWN_TRAIN}Action/Sad/0010 Sad\n`, [test]: OWN_TEST }, /train_War\.csv:2: expected only clips of the scene "War" in its own list, found Action\/Sad\/0010/, { scene: 'War' });
  });

  it("says that a scene's own lists cannot be read, and does not take the others for them", async () => {
    const root = await temporaryFolder();
    await writeTree(root, ALL);
    await symlink(join(root, '4_setups/22_scenes'), join(root, '4_setups/22_scenes'));
    await assert.rejects(readDataset({ name: 'ferv39k', root, fold: 1, scene: 'War' }), inOneLine(/22_scenes: cannot read: a loop of links$/));
    assert.equal((await readDataset({ name: 'ferv39k', root, fold: 1 })).train.length, 2);
  });

  it('refuses a scene of another set', () => fails(ALL, /^--scene: expected only with --dataset ferv39k, .*found "War" with dfew/, { name: 'dfew', scene: 'War' }));

  const bad: readonly (readonly [string, string, RegExp])[] = [
    ['an unknown word', 'Action/Sad/0010 Gloomy\n', /train_All\.csv:1: expected one of Happy, .*unknown word "Gloomy"/],
    ['a path that leaves the root', 'War/../0010 Sad\n', /train_All\.csv:1: .*which leaves it/],
    ['a clip that is not Scene/Emotion/ID', '0010 Sad\n', /expected a clip Scene\/Emotion\/ID such as Action\/Sad\/0010, found "0010"/],
    ['one number for two expressions', 'Action/Sad/0010 1\nWar/Angry/0001 1\n', /train_All\.csv:2: expected label 1 to mean sadness .*"Angry"/],
    ['a number with the folder of no expression', 'War/Other/0001 1\n', /expected the folder of an expression .*found "Other"/],
    ['a missing clip', 'Action/Sad/9999 Sad\n', /train_All\.csv:1: expected frames of training clip Action\/Sad\/9999 in .*found no such folder/],
    ['an empty list', '\n', /found an empty list/],
  ];
  for (const [what, list, message] of bad) {
    it(`refuses ${what}`, () => fails({ ...FRAMES, [TRAIN]: list, [TEST]: 'Crime/Fear/0002 Fear\n' }, message));
  }

  it('has a single split, and names the lists that it looked for', async () => {
    await fails(FRAMES, /--fold: expected 1, since FERV39k has a single split, found 2/, { fold: 2 });
    await fails(FRAMES, /expected the lists of FERV39k, found none of 4_setups\/All_scenes\/train_All\.csv/);
  });

  it('names --scene where there are only lists of single scenes', async () => {
    const own = { ...FRAMES, '4_setups/22_scenes/train_War.csv': OWN_TRAIN, '4_setups/22_scenes/test_War.csv': OWN_TEST };
    await fails(own, /expected the lists of all scenes such as .*, found only lists of single scenes in 4_setups\/22_scenes; name one of these with --scene$/);
    assert.equal((await read(own, { scene: 'War' })).train.length, 1);
    await fails({ ...FRAMES, '22_scenes/War/train.csv': OWN_TRAIN }, /found only lists of single scenes in 22_scenes;/);
  });

  it('finds frames in a folder of another name, by the clips in it; a known name comes first', async () => {
    const at = (folder: string, frames = 2): Record<string, string> => emptyFrames(folder, { 'War/Happy/0001': frames, 'War/Angry/0001': frames }, (_, frame) => `${frame}.jpg`);
    const lists = { [TRAIN]: OWN_TRAIN, [TEST]: OWN_TEST }, raw = { '1_Videos/War/Happy/0001.mp4': '', '1_Videos/War/Angry/0001.mp4': '' };
    assert.match((await read({ ...lists, ...raw, ...at('MyFrames') })).notes.join('; '), /frames: MyFrames/);
    assert.match((await read({ ...lists, ...raw, ...at('MyFrames'), 'dataset/readme.txt': '' })).notes.join('; '), /frames: MyFrames/, 'a folder of a known name that holds other things');
    assert.deepEqual((await read({ ...lists, ...at('MyFrames'), ...at('FaceCrop', 5) })).train.map(({ frames }) => frames.length), [5]);
    assert.match((await read({ ...lists, ...at('.'), ...at('MyFrames') })).notes.join('; '), /frames: \./);
    await fails({ ...lists, ...raw }, /training clip War\/Happy\/0001 in .*, found no such folder/);
  });

  it('notes clips whose folder names another expression than the list', async () => {
    const dataset = await read({ ...FRAMES, [TRAIN]: 'Action/Sad/0010 Angry\n', [TEST]: 'Crime/Fear/0002 Fear\n' });
    assert.deepEqual(named(dataset.train), ['Action/Sad/0010 anger']);
    assert.match(dataset.notes.join(), /1 clips lie in the folder of another expression than listed; the list decides: Action\/Sad\/0010/);
  });
});
