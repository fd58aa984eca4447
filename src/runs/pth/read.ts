// PyTorch checkpoints (.pth, .pt, .ckpt), read without running anything that is in them.
import { UserError } from '../../errors.ts';
import type { HostTensor } from '../safetensors.ts';
import { readArchive, type PickledFile } from './archive.ts';
import { Cursor } from './cursor.ts';
import { storageOf } from './globals.ts';
import { readPickle } from './pickle.ts';
import { isStream, readStream } from './stream.ts';
import { findStateDict, type FoundStateDict } from './stateDict.ts';
import { readTensors } from './tensors.ts';
import { Unreadable } from './values.ts';

export interface PthCheckpoint extends Omit<FoundStateDict, 'tensors'> {
  readonly format: PickledFile['format'];
  /** By name, in the file's order, without the prefix. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
}

/** @throws UserError naming the file for anything that is no checkpoint, is damaged, or would run something when PyTorch loads it. */
export function decodePth(bytes: Uint8Array, fileName: string): PthCheckpoint {
  try {
    const file = open(bytes);
    const { tensors, ...found } = findStateDict(file.top);
    return { ...found, format: file.format, tensors: readTensors(file, tensors, bytes.length) };
  } catch (error) {
    if (error instanceof Unreadable) throw new UserError(`${fileName}: not a PyTorch checkpoint that can be read: ${error.message}`);
    throw error;
  }
}

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
const isTar = (bytes: Uint8Array): boolean => new TextDecoder('latin1').decode(bytes.subarray(257, 262)) === 'ustar';

function open(bytes: Uint8Array): PickledFile {
  if (isZip(bytes)) return readArchive(bytes);
  if (isStream(bytes)) return readStream(bytes);
  if (isTar(bytes)) throw new Unreadable('it is a tar archive, as PyTorch wrote it before 0.1.10: load it in PyTorch and torch.save it again');
  if (bytes[0] === 0x80) readPickle(new Cursor(bytes), storageOf); // a plain pickle: a name that runs something is said as such
  if (bytes.length === 0) throw new Unreadable('it is empty');
  throw new Unreadable(`it begins with ${[...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}, expected a ZIP archive (50 4b 03 04) or PyTorch's own stream`);
}
