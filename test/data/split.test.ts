import assert from 'node:assert/strict';
import type { Clip } from '../../src/data/clip.ts';
import { readIdentities, readIntensity } from '../../src/data/sidecar.ts';
import { validationSplit } from '../../src/data/split.ts';
import { UserError } from '../../src/errors.ts';
import { removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';

const clips = (counts: readonly number[]): Clip[] => counts.flatMap((count, label) => Array.from({ length: count }, (_, i) => ({ id: `${label}-${i}`, label, frames: ['x'] })));
const countLabels = (list: readonly Clip[], label: number): number => list.filter((clip) => clip.label === label).length;

describe('validationSplit', () => {
  it('takes its share of every label, at least one clip of a small one, and keeps the order', () => {
    const train = clips([100, 40, 5, 1]);
    const split = validationSplit(train, { seed: 1 });
    assert.deepEqual([0, 1, 2, 3].map((label) => countLabels(split.validation, label)), [10, 4, 1, 0]);
    assert.equal(split.train.length + split.validation.length, 146);
    assert.deepEqual(split.train, train.filter((clip) => split.train.includes(clip)));
  });

  it('depends on the seed alone', () => {
    const train = clips([50, 50]);
    const ids = (seed: number): string => validationSplit(train, { seed }).validation.map(({ id }) => id).join();
    assert.equal(ids(1), ids(1));
    assert.notEqual(ids(1), ids(2));
  });

  it('keeps all clips of a person on one side and comes close to the shares', () => {
    const train = clips([100, 100, 100]);
    const identities = new Map(train.map(({ id }, i) => [id, `person ${i % 40}`]));
    const split = validationSplit(train, { fraction: 0.2, seed: 3, identities });
    const people = (list: readonly Clip[]): Set<string> => new Set(list.map(({ id }) => identities.get(id)!));
    const [inTrain, inValidation] = [people(split.train), people(split.validation)];
    assert.deepEqual([...inTrain].filter((person) => inValidation.has(person)), []);
    for (const label of [0, 1, 2]) assert.ok(Math.abs(countLabels(split.validation, label) - 20) <= 4, `${countLabels(split.validation, label)} of label ${label}`);
  });

  it('refuses a fraction outside (0, 1) and a training list that cannot spare a clip', () => {
    assert.throws(() => validationSplit(clips([10]), { fraction: 1, seed: 1 }), /fraction between 0 and 1, found 1/);
    assert.throws(() => validationSplit(clips([1, 1]), { seed: 1 }), UserError);
    const one = clips([10]);
    assert.throws(() => validationSplit(one, { seed: 1, identities: new Map(one.map(({ id }) => [id, 'the same'])) }), /1 persons/);
  });
});

describe('readIntensity and readIdentities', () => {
  afterEach(removeTemporaryFolders);

  async function folder(files: Record<string, string>): Promise<string> {
    const root = await temporaryFolder();
    await writeTree(root, files);
    return root;
  }

  it('give undefined where the set has no such file', async () => {
    const root = await temporaryFolder();
    assert.equal(await readIntensity(root), undefined);
    assert.equal(await readIdentities(root), undefined);
  });

  it('read intensity in the order of the frames, counted from 0 or 1, whatever the order of lines', async () => {
    const root = await folder({ 'intensity.csv': 'clip,frame,intensity\r\n00001,1,0.5\r\n00002,10,1\r\n00001,2,0.25\r\n' + Array.from({ length: 10 }, (_, i) => `00002,${i},0.${i}`).join('\n'), 'identities.csv': 'clip,identity\n00001,anna\n00002,bo\n' });
    const intensity = await readIntensity(root);
    assert.deepEqual(intensity?.get('00001'), [0.5, 0.25]);
    assert.deepEqual(intensity?.get('00002'), [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    assert.deepEqual(await readIdentities(root), new Map([['00001', 'anna'], ['00002', 'bo']]));
  });

  it('refuse another header, a value that is no number, and a missing frame', async () => {
    await assert.rejects(readIdentities(await folder({ 'identities.csv': 'clip,person\n1,a\n' })), /identities\.csv: expected the header clip,identity, found "clip,person"/);
    await assert.rejects(readIntensity(await folder({ 'intensity.csv': 'clip,frame,intensity\n1,1,strong\n' })), /intensity\.csv:2: expected a frame number and an intensity from 0 to 1, found "1,strong"/);
    await assert.rejects(readIntensity(await folder({ 'intensity.csv': 'clip,frame,intensity\n1,1,0.5\n1,3,0.5\n' })), /clip 1 numbered without a gap from 0 or 1, found 3 at place 2/);
  });
});
