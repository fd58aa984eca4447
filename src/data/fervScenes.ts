// FERV39k's own lists of one scene, in 4_setups/22_scenes. What they are called could not be confirmed, so names are recognised, not known.
import { basename, join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import { entriesIn, namesIn } from './folder.ts';
import { locate } from './locate.ts';

const FOLDERS = ['4_setups/22_scenes', '22_scenes'];

/** There are lists, each of one scene. */
export class ScenesOnly extends UserError {}

export interface SceneLists { readonly train: string; readonly test: string }

/**
 * Lists whose names hold "train" and "test" in a folder called like the scene, else those beside it whose names hold the scene's
 * name as a word, too; letter case ignored. @returns undefined where there is neither. @throws UserError for one without the other, several, or a folder that cannot be read
 */
export async function findSceneLists(root: string, scene: string): Promise<SceneLists | undefined> {
  for (const name of FOLDERS) {
    const folder = await locate(root, name);
    if (folder === undefined) continue;
    const found = await listsIn(folder, scene);
    const train = only(root, 'train', scene, found), test = only(root, 'test', scene, found);
    if (train !== undefined && test !== undefined) return { train, test };
    if ((train ?? test) !== undefined) throw new UserError(`${folder}: expected the ${train === undefined ? 'training' : 'test'} list of the scene "${scene}" beside ${basename(train ?? test!)}, found none; restore it`);
  }
  return undefined;
}

/** @throws ScenesOnly where a folder holds lists of single scenes, under whatever names */
export async function refuseScenesOnly(root: string): Promise<void> {
  for (const name of FOLDERS) {
    const folder = await locate(root, name), entries = folder === undefined ? [] : await entriesIn(folder);
    if (entries.some((entry) => entry.isDirectory() || isList(entry.name))) throw new ScenesOnly(`${root}: expected the lists of all scenes such as 4_setups/All_scenes/train_All.csv, found only lists of single scenes in ${name}; name one of these with --scene`);
  }
}

async function listsIn(folder: string, scene: string): Promise<string[]> {
  const entries = await entriesIn(folder);
  const own = entries.find((entry) => entry.isDirectory() && plain(entry.name) === plain(scene));
  const inOwn = own ? (await namesIn(join(folder, own.name))).filter(isList).map((name) => join(folder, own.name, name)) : [];
  if (inOwn.length > 0) return inOwn;
  return entries.filter((entry) => !entry.isDirectory() && isList(entry.name) && namesScene(entry.name, scene)).map(({ name }) => join(folder, name));
}

/** As a word of the name, or as all of it but the split: "War" is in "train_Warmth.csv", too. */
function namesScene(file: string, scene: string): boolean {
  const name = file.replace(/\.\w+$/, '');
  return plain(name.replace(/train|test/i, '')) === plain(scene) || name.split(/[^a-z0-9]+/i).some((word) => plain(word) === plain(scene));
}

const isList = (name: string): boolean => /\.(csv|txt)$/i.test(name) && /train|test/i.test(name) && !name.startsWith('.');

const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function only(root: string, split: 'train' | 'test', scene: string, files: readonly string[]): string | undefined {
  const found = files.filter((file) => basename(file).toLowerCase().includes(split));
  if (found.length > 1) throw new UserError(`${root}: expected one ${split} list of the scene "${scene}", found ${found.map((file) => relative(root, file)).join(', ')}; leave one there`);
  return found[0];
}
