// clips.json of an archived run: who is in its evaluated clips and how strong their expressions are, for readers without the clips.
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { encodeJson, parseJson } from '../files/json.ts';
import { readTextIfAny } from '../files/failure.ts';

export interface ClipFacts {
  readonly id: string;
  /** Absent where the set does not tell. */
  readonly person?: string;
  /** True peak intensity among the frames that the network saw, 0 to 1; absent where the set does not tell. */
  readonly peak?: number;
}

export const CLIPS_FILE = 'clips.json';

/** One clip a line. */
export const encodeClips = (facts: readonly ClipFacts[]): string => `[\n${facts.map((one) => encodeJson(one, CLIPS_FILE)).join(',\n')}\n]\n`;

/** By clip id; undefined in a run folder without the file. @throws UserError naming file and place. */
export async function readClips(dir: string): Promise<ReadonlyMap<string, ClipFacts> | undefined> {
  const file = join(dir, CLIPS_FILE);
  const text = await readTextIfAny(file);
  if (text === undefined) return undefined;
  const value = parseJson(text, file);
  if (!Array.isArray(value)) throw new UserError(`${file}: expected a list of clips`);
  return new Map(value.map((one: unknown, i) => [checked(one, `${file}: [${i}]`).id, one as ClipFacts]));
}

function checked(value: unknown, where: string): ClipFacts {
  const { id, person, peak } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !['string', 'undefined'].includes(typeof person) || !['number', 'undefined'].includes(typeof peak)) {
    throw new UserError(`${where}: expected an id, and a person and a peak where they are known, found ${JSON.stringify(value) ?? 'nothing'}`);
  }
  return value as ClipFacts;
}
