// What a rendered benchmark says of itself in synthetic.json, and whether its files and frames still are what it says.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { readText } from '../../files/failure.ts';
import { orUnreadable } from '../folder.ts';
import { locate } from '../locate.ts';
import type { ListedClip } from './clips.ts';
import { found, type Finding } from './finding.ts';
import type { ClipFacts } from './frameFacts.ts';

/** Of synthetic.json, what the doctor compares. */
export interface SyntheticManifest {
  readonly parameters: { readonly labels?: unknown };
  readonly manifest: { readonly clips: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> };
}

/** Readers go by the file being there: results on such a folder are shown as synthetic, whatever is in it. */
export interface Rendered { readonly manifest?: SyntheticManifest; readonly reason?: string }

/** Undefined for a set that this project did not render. */
export async function readManifest(root: string): Promise<Rendered | undefined> {
  const file = await orUnreadable(locate(root, 'synthetic.json'));
  if (typeof file !== 'string') return undefined;
  try {
    const value = JSON.parse(await readText(file)) as unknown;
    return isManifest(value) ? { manifest: value } : { reason: `${file}: expected the manifest of a rendered benchmark (parameters, manifest.clips, manifest.files), found something else` };
  } catch (error) {
    if (error instanceof UserError) return { reason: error.message };
    return { reason: `${file}: expected JSON, found ${(error as Error).message.split('\n')[0]}` };
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const areHashes = (value: unknown): boolean => isRecord(value) && Object.values(value).every((hash) => typeof hash === 'string');

const isManifest = (value: unknown): value is SyntheticManifest =>
  isRecord(value) && isRecord(value['parameters']) && isRecord(value['manifest']) && areHashes(value['manifest']['clips']) && areHashes(value['manifest']['files']);

/** @param root the folder that holds synthetic.json */
export async function checkManifest(root: string, { manifest, reason }: Rendered): Promise<Finding[]> {
  if (!manifest) return found('broken-manifest', 'warning', 'synthetic.json cannot be compared with', [reason ?? root], { training: 'marks results as synthetic; whether they are those of this benchmark is not known', advice: 'render it anew; remove the file where the set is none that this project rendered' });
  const changed: string[] = [];
  for (const [path, hash] of Object.entries(manifest.manifest.files)) {
    const content = await readFile(join(root, path)).catch(() => undefined);
    if (!content) changed.push(`${path}: missing`);
    else if (createHash('sha256').update(content).digest('hex') !== hash) changed.push(path);
  }
  return found('changed-file', 'warning', 'files of the rendered benchmark that are not as rendered', changed, { training: 'takes them as they are; results are not those of this benchmark', advice: 'render it anew' });
}

/** Clips whose frames are not the bytes that were rendered. */
export const checkRendered = (clips: readonly (ListedClip & { readonly facts: ClipFacts })[], manifest: SyntheticManifest | undefined): Finding[] =>
  (manifest ? found('changed-clip', 'warning', 'clips of the rendered benchmark whose frames are not as rendered', clips.filter(({ id, facts }) => manifest.manifest.clips[id] !== facts.sha256).map(({ id }) => id), { training: 'takes them as they are; results are not those of this benchmark', advice: 'render it anew' }) : []);
