// checkpoints/EPOCH/{weights.safetensors, optimizer.safetensors, state.json}: written beside, flushed, renamed into place once.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import { replaceFolder, temporaryName, writeFileAtomic, writeFlushed } from '../files/atomic.ts';
import { codeOf, fileError, readBytes, readText } from '../files/failure.ts';
import { encodeJson, readJson } from '../files/json.ts';
import { decodeSafetensors, encodeSafetensors, refuseNonFinite } from './safetensors.ts';
import type { Checkpoint, TrainingState } from './types.ts';

/** `last` names the newest checkpoint, `best` the one that the selection rule prefers. */
export type Pointer = 'last' | 'best';

interface StateFile {
  readonly state: TrainingState;
  /** SHA-256 of the state as it stands here, and of the two files beside. */
  readonly sha256: { readonly state: string; readonly weights: string; readonly optimizer: string };
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const folderOf = (dir: string): string => join(dir, 'checkpoints');
const nameOf = (epoch: number): string => String(epoch).padStart(4, '0');

export const checkpointFolder = (dir: string, epoch: number): string => join(folderOf(dir), nameOf(epoch));

/** @throws UserError for numbers that are not finite (the run diverged) and for failures of the disk; nothing half-written is left under the final name. */
export async function writeCheckpoint(dir: string, { state, weights, optimizer }: Checkpoint): Promise<void> {
  const final = checkpointFolder(dir, state.epoch);
  refuseNonFinite(weights, join(final, 'weights.safetensors'));
  refuseNonFinite(optimizer, join(final, 'optimizer.safetensors'));
  const temporary = temporaryName(final);
  try {
    await mkdir(temporary, { recursive: true });
    const files = { weights: encodeSafetensors(weights), optimizer: encodeSafetensors(optimizer) };
    for (const [name, bytes] of Object.entries(files)) await writeFlushed(join(temporary, `${name}.safetensors`), bytes);
    const checks = { state: sha256(encodeJson(state, final)), weights: sha256(files.weights), optimizer: sha256(files.optimizer) };
    await writeFlushed(join(temporary, 'state.json'), `${encodeJson({ state, sha256: checks } satisfies StateFile, final, 2)}\n`);
    await replaceFolder(temporary, final);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first failure is the one to tell
    throw fileError(error, final, 'write');
  }
}

/** @throws UserError naming the file that is missing, broken or not the one that was written. */
export async function readCheckpoint(dir: string, epoch: number): Promise<Checkpoint> {
  const folder = checkpointFolder(dir, epoch);
  const stateFile = join(folder, 'state.json');
  const { state, sha256: checks } = (await readJson(stateFile)) as Partial<StateFile>;
  if (state === undefined || checks === undefined || sha256(JSON.stringify(state)) !== checks.state || state.epoch !== epoch) {
    throw new UserError(`${stateFile}: not the state that was written (checksum differs)`);
  }
  const tensors = async (name: 'weights' | 'optimizer'): Promise<Checkpoint['weights']> => {
    const file = join(folder, `${name}.safetensors`);
    const bytes = await readBytes(file);
    if (sha256(bytes) !== checks[name]) throw new UserError(`${file}: not the file that was written (checksum differs; ${bytes.length} bytes)`);
    return decodeSafetensors(bytes, file);
  };
  return { state, weights: await tensors('weights'), optimizer: await tensors('optimizer') };
}

/** Epochs that have a checkpoint folder, ascending; they may still turn out broken. Empty without any. */
export async function listCheckpoints(dir: string): Promise<number[]> {
  try {
    return (await readdir(folderOf(dir))).filter((name) => /^\d{4,}$/.test(name)).map(Number).sort((a, b) => a - b);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw fileError(error, folderOf(dir), 'read');
  }
}

export async function writePointer(dir: string, pointer: Pointer, epoch: number): Promise<void> {
  await writeFileAtomic(join(dir, pointer), `checkpoints/${nameOf(epoch)}\n`);
}

/** The epoch that `last` or `best` names; undefined where the file is absent or does not name a checkpoint. */
export async function readPointer(dir: string, pointer: Pointer): Promise<number | undefined> {
  const text = await readText(join(dir, pointer)).catch(() => '');
  const name = /^checkpoints\/(\d{4,})\n$/.exec(text)?.[1];
  return name === undefined ? undefined : Number(name);
}

/** A checkpoint, or the newest sound one before it. `onWarning` hears of every broken one that was passed over. Undefined without any; @throws UserError when there are some and none is sound. */
export async function readNewestCheckpoint(dir: string, onWarning: (line: string) => void): Promise<Checkpoint | undefined> {
  const pointed = await readPointer(dir, 'last');
  const epochs = (await listCheckpoints(dir)).filter((epoch) => pointed === undefined || epoch <= pointed).reverse();
  if (pointed !== undefined && epochs[0] !== pointed) onWarning(`${checkpointFolder(dir, pointed)}: missing, though "last" names it`);
  for (const epoch of epochs) {
    try {
      return await readCheckpoint(dir, epoch);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      onWarning(`${error.message}; falling back to the checkpoint before`);
    }
  }
  if (epochs.length === 0 && pointed === undefined) return undefined;
  throw new UserError(`${folderOf(dir)}: no checkpoint is sound; start the run again in another folder`);
}

/** Removes the checkpoints older than the newest `keep`, except those that `last` and `best` name. */
export async function pruneCheckpoints(dir: string, keep: number): Promise<void> {
  const named = [await readPointer(dir, 'last'), await readPointer(dir, 'best')];
  const epochs = await listCheckpoints(dir);
  for (const epoch of epochs.slice(0, Math.max(0, epochs.length - keep))) {
    if (named.includes(epoch)) continue;
    const folder = checkpointFolder(dir, epoch);
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => { throw fileError(error, basename(folder), 'write'); });
  }
}
