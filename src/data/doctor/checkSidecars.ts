// Files beside the lists: people, intensity, the raters' votes, and what a rendered benchmark says of itself.
import { read, utils } from '@e965/xlsx';
import { UserError } from '../../errors.ts';
import { readBytes } from '../../files/failure.ts';
import { EXPRESSIONS } from '../../labels.ts';
import type { DatasetName } from '../clip.ts';
import { orUnreadable, Unreadable } from '../folder.ts';
import { locate } from '../locate.ts';
import { readIdentities, readIntensity } from '../sidecar.ts';
import { framesOf, type ListedClip } from './clips.ts';
import { found, type Finding } from './finding.ts';
import { checkManifest, type Rendered, type SyntheticManifest } from './manifest.ts';

/** Where to look: `root` as the reader was given it, and the folder that it stands for. */
export interface Place { readonly root: string; readonly folder: string; readonly name: DatasetName }

export async function checkSidecars({ root, folder, name }: Place, clips: readonly ListedClip[], rendered: Rendered | undefined): Promise<Finding[]> {
  return [...await checkPeople(root, clips), ...await checkIntensity(root, clips), ...name === 'dfew' ? await checkVotes(folder, clips, rendered?.manifest) : [], ...rendered ? await checkManifest(folder, rendered) : []];
}

/** The value, or the line by which a reader refuses it. */
async function attempt<T>(read: Promise<T>): Promise<{ readonly value: T } | { readonly reason: string }> {
  try { return { value: await read }; } catch (error) {
    if (error instanceof UserError) return { reason: error.message };
    throw error;
  }
}

const refused = (id: string, what: string, reason: string, training: string): Finding[] => found(id, 'warning', what, [reason], { training, advice: 'mend or remove the file' });

async function checkPeople(root: string, clips: readonly ListedClip[]): Promise<Finding[]> {
  const result = await attempt(readIdentities(root));
  if ('reason' in result) return refused('broken-identities', 'identities.csv is refused', result.reason, 'stops where people are needed (validation split, intervals)');
  const people = result.value;
  if (!people) return [];
  const places = new Map<string, Map<number, Set<string>>>();
  for (const { id, listed } of clips) {
    const person = people.get(id);
    if (person === undefined) continue;
    const folds = places.get(person) ?? new Map<number, Set<string>>();
    places.set(person, folds);
    for (const { fold, split } of listed) folds.set(fold, (folds.get(fold) ?? new Set()).add(split));
  }
  const both = [...places].flatMap(([person, folds]) => { const shared = [...folds].filter(([, splits]) => splits.size > 1).map(([fold]) => fold); return shared.length === 0 ? [] : [`${person} (fold ${shared.join(', ')})`]; });
  return [
    ...found('person-on-both-sides', 'warning', 'people in training and test of one fold', both, { training: 'goes on; results are those on known faces', advice: 'split by person' }),
    ...found('unknown-person', 'note', 'clips without a line in identities.csv', clips.filter(({ id }) => !people.has(id)).map(({ id }) => id), { training: 'counts each as a person of its own' }),
  ];
}

async function checkIntensity(root: string, clips: readonly ListedClip[]): Promise<Finding[]> {
  const result = await attempt(readIntensity(root));
  if ('reason' in result) return refused('broken-intensity', 'intensity.csv is refused', result.reason, 'trains without it; reports by intensity stop');
  const intensity = result.value;
  if (!intensity) return [];
  const other = clips.flatMap((clip) => { const values = intensity.get(clip.id), frames = framesOf(clip).length; return values && values.length > 1 && values.length !== frames && frames > 0 ? [`${clip.id} (${values.length} values, ${frames} frames)`] : []; });
  return [
    ...found('other-intensity-length', 'warning', 'clips with another number of intensities than frames', other, { training: 'is not touched; intensity of these clips is taken from the wrong frames', advice: 'restore frames or file' }),
    ...found('unknown-intensity', 'note', 'clips without a line in intensity.csv', clips.filter(({ id }) => !intensity.has(id)).map(({ id }) => id), { training: 'is not touched; reports by intensity leave them out' }),
  ];
}

/** DFEW's annotation.xlsx: ten votes a clip, label 1 to 7, 0 for none. In a rendered benchmark the lists may hold the rendered expression instead. */
async function checkVotes(root: string, clips: readonly ListedClip[], manifest: SyntheticManifest | undefined): Promise<Finding[]> {
  const file = await orUnreadable(locate(root, 'Annotation/annotation.xlsx').then((nested) => nested ?? locate(root, 'annotation.xlsx')));
  if (file === undefined) return [];
  if (file instanceof Unreadable) return refused('broken-annotation', 'annotation.xlsx cannot be read', file.message, 'does not read it');
  const votes = await readVotes(file).catch((error: unknown) => (error instanceof UserError ? error.message : `${file}: ${(error as Error).message.split('\n')[0]}`));
  if (typeof votes === 'string') return refused('broken-annotation', 'annotation.xlsx cannot be read', votes, 'does not read it');
  const differing = clips.flatMap(({ id, listed }) => { const voted = votes.get(Number(id)), label = listed[0]!.label; return voted === undefined || voted === label ? [] : [`${id} (listed ${EXPRESSIONS[label] ?? label}, voted ${EXPRESSIONS[voted] ?? 'none'})`]; });
  const isMeant = manifest?.parameters.labels === 'generator';
  return found('other-than-voted', isMeant ? 'note' : 'warning', `clips whose label is not the one in annotation.xlsx${isMeant ? ' (the lists hold the rendered expression, the table simulated raters)' : ''}`, differing, { training: 'believes the lists', advice: isMeant ? '' : 'compare both with the official archive' });
}

/** Label from 0 by clip number; -1 where no expression has a majority. */
async function readVotes(file: string): Promise<Map<number, number>> {
  const { Sheets, SheetNames } = read(await readBytes(file));
  const rows = utils.sheet_to_json<Record<string, unknown>>(Sheets[SheetNames[0]!]!);
  if (!rows[0] || !('order' in rows[0]) || !('label' in rows[0])) throw new Error('expected the columns order and label');
  return new Map(rows.map((row) => [Number(row['order']), Number(row['label']) - 1]));
}
