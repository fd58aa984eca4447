// Weights out of any file that holds them: PyTorch's checkpoints and safetensors, told by their content.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { readBytes } from '../files/failure.ts';
import { decodePth } from './pth/read.ts';
import { withoutPrefix } from './pth/stateDict.ts';
import { isPlainName, printable } from './pth/values.ts';
import { parseSafetensors, refuseNonFinite, type HostTensor } from './safetensors.ts';
import type { ImportSource } from './types.ts';

export interface WeightFile {
  readonly source: ImportSource;
  /** As a run keeps them: float32, counters of batches int64; names without `module.`. */
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** What was taken off every name. */
  readonly prefix: string;
  /** Key of the dict that held them. */
  readonly key: string | undefined;
  /** What else the file holds, described; nothing of it is used. */
  readonly beside: Readonly<Record<string, string>>;
  readonly epoch?: number;
  /** Of a safetensors file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Types of the file's numbers that are not kept as they were, such as F16. */
  readonly converted: readonly string[];
}

type Opened = Omit<WeightFile, 'source' | 'converted'> & Pick<ImportSource, 'format'>;

/** @throws UserError naming the file: not readable, neither format, or with numbers that no network can use. */
export async function readWeightFile(file: string): Promise<WeightFile> {
  const bytes = await readBytes(file);
  const { format, tensors, ...found } = isSafetensors(bytes) ? openSafetensors(bytes, file) : { metadata: {}, ...decodePth(bytes, file) };
  for (const name of tensors.keys()) if (!isPlainName(name)) throw new UserError(`${file}: it has a tensor called "${printable(name)}", expected a name of at most 200 printable letters`);
  const kept = new Map([...tensors].map(([name, tensor]) => [name, keep(name, tensor, file)]));
  refuseNonFinite(kept, file);
  const converted = [...tensors].flatMap(([name, { dtype }]) => (dtype === kept.get(name)!.dtype ? [] : [dtype]));
  return { ...found, tensors: kept, converted: [...new Set(converted)], source: { file: resolve(file), sha256: createHash('sha256').update(bytes).digest('hex'), format } };
}

/** A length, then the brace of the JSON header. */
const isSafetensors = (bytes: Uint8Array): boolean => bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0;

function openSafetensors(bytes: Uint8Array, file: string): Opened {
  const { tensors, metadata } = parseSafetensors(bytes, file);
  if (tensors.size === 0) throw new UserError(`${file}: it holds no tensor`);
  return { format: 'safetensors', ...withoutPrefix(tensors), key: undefined, beside: {}, metadata };
}

const COUNTER = /(?:^|\.)num_batches_tracked$/;

/** @throws UserError for numbers that float32 cannot hold, or that are none of a network's. */
function keep(name: string, tensor: HostTensor, file: string): HostTensor {
  const { shape, data, dtype } = tensor;
  if (COUNTER.test(name)) return { dtype: 'I64', shape, data: BigInt64Array.from(data as ArrayLike<number | bigint>, (count) => counted(name, count, file)) };
  if (!['F32', 'F16', 'BF16', 'F64'].includes(dtype)) throw new UserError(`${file}: tensor "${name}" is of ${dtype}, expected floating-point numbers`);
  if (name.endsWith('.running_var') && (data as Float32Array).some((value) => value < 0)) throw new UserError(`${file}: tensor "${name}" holds a variance below 0`);
  return { dtype: 'F32', shape, data: data instanceof Float32Array ? data : Float32Array.from(data as Float64Array) };
}

function counted(name: string, count: number | bigint, file: string): bigint {
  if (typeof count === 'number' && !Number.isSafeInteger(count)) throw new UserError(`${file}: tensor "${name}" holds ${count}, expected a number of batches`);
  return BigInt(count);
}
