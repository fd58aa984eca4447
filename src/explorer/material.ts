// What the dataset's folder adds to a run: frames, intensity, people. A page can be made without it; what is missing is said.
import type { Clip, Dataset } from '../data/clip.ts';
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import { UserError } from '../errors.ts';
import { readRunDataset } from '../runs/dataset.ts';
import type { RunRecord } from '../runs/types.ts';
import { toBase64 } from './base64.ts';
import type { AttributeData, IntensityData } from './types.ts';

export interface Material {
  readonly dataset: Dataset | undefined;
  readonly intensity: IntensityData | null;
  readonly attributes: readonly AttributeData[];
  readonly notes: readonly string[];
}

export interface MaterialOptions {
  readonly record: RunRecord;
  readonly fingerprint: string;
  readonly ids: readonly string[];
  /** The dataset's folder as the user gave it; the run's own otherwise. */
  readonly data?: string | undefined;
}

/** @throws UserError for a folder that the user named and that cannot be read; a run's own that is gone is noted. */
export async function readMaterial({ record, fingerprint, ids, data }: MaterialOptions): Promise<Material> {
  const { name, root } = record.dataset;
  const attributes = [sceneOf(name, ids), foldOf(record, ids.length)];
  const folder = data ?? root;
  const dataset = folder === '' ? undefined : await readRunDataset(record, { data }).catch((error: unknown) => {
    if (data !== undefined || !(error instanceof UserError)) throw error;
    return undefined;
  });
  if (!dataset) return { dataset: undefined, intensity: null, attributes: present(attributes), notes: ['the dataset\'s folder was not found: no frames, no intensity (ial explore --data DIR says where it is)'] };
  const notes = dataset.fingerprint === fingerprint ? [] : ['the dataset\'s folder is not the one that the run was evaluated on (its fingerprint differs)'];
  const [intensity, people] = await Promise.all([readIntensity(dataset.root), readIdentities(dataset.root)]);
  return { dataset, intensity: intensity ? packIntensity(ids, intensity) : null, attributes: present([...attributes, people && category('person', ids.map((id) => people.get(id)))]), notes };
}

const present = (list: readonly (AttributeData | undefined)[]): AttributeData[] => list.filter((attribute) => attribute !== undefined);

/** FERV39k's ids begin with their scene; DFEW's films are not told. */
const sceneOf = (name: string, ids: readonly string[]): AttributeData | undefined =>
  (name === 'ferv39k' ? category('scene', ids.map((id) => (id.includes('/') ? id.split('/')[0]! : undefined))) : undefined);

const foldOf = ({ dataset: { name, fold } }: RunRecord, clips: number): AttributeData | undefined =>
  (name === 'dfew' ? category('fold', Array.from({ length: clips }, () => `fold ${fold}`)) : undefined);

export function category(key: AttributeData['key'], values: readonly (string | undefined)[]): AttributeData {
  const names = [...new Set(values.filter((value) => value !== undefined))].sort();
  const at = new Map(names.map((name, i) => [name, i]));
  return { key, names, values: values.map((value) => (value === undefined ? -1 : at.get(value)!)) };
}

export function packIntensity(ids: readonly string[], intensity: ReadonlyMap<string, readonly number[]>): IntensityData | null {
  const curves = ids.map((id) => intensity.get(id) ?? []);
  if (curves.every(({ length }) => length === 0)) return null;
  return { frames: curves.map(({ length }) => length), curves: toBase64(Uint8Array.from(curves.flat(), (value) => Math.round(255 * Math.min(1, Math.max(0, value))))) };
}

/** Paths of each clip's frames, in the order of the ids. */
export function framesOf(ids: readonly string[], dataset: Dataset): (readonly string[])[] {
  const clips = new Map<string, Clip>([...dataset.test, ...dataset.train].map((clip) => [clip.id, clip]));
  return ids.map((id) => clips.get(id)?.frames ?? []);
}
