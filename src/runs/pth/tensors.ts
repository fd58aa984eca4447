// From a view into a storage to numbers in order.
import { fromBfloat, fromHalf } from '../half.ts';
import type { HostData, HostDtype, HostTensor } from '../safetensors.ts';
import type { PickledFile } from './archive.ts';
import { printable, Unreadable, type TensorRef } from './values.ts';

const ELEMENT_BYTES: Readonly<Record<HostDtype, number>> = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, U8: 1, BOOL: 1 };

/** All tensors of a state dict together: tied weights may show one storage a few times, more is a bomb of views. */
const MAX_RATIO = 8;

/** @param refs by name  @throws Unreadable naming the tensor */
export function readTensors(file: PickledFile, refs: ReadonlyMap<string, TensorRef>, fileBytes: number): Map<string, HostTensor> {
  const claimed = [...refs].reduce((total, [name, ref]) => total + check(name, ref), 0);
  if (claimed > MAX_RATIO * fileBytes) throw new Unreadable(`its tensors claim ${claimed} bytes in a file of ${fileBytes}`);
  const storages = new Map<string, HostData>();
  return new Map([...refs].map(([name, ref]) => {
    const { key } = ref.storage, dtype = dtypeOf(name, ref);
    const numbers = storages.get(`${dtype} ${key}`) ?? numbersOf(dtype, file.storage(ref.storage, ELEMENT_BYTES[dtype]));
    storages.set(`${dtype} ${key}`, numbers);
    return [name, { dtype, shape: ref.shape, data: gather(numbers, ref) }];
  }));
}

function dtypeOf(name: string, { storage }: TensorRef): HostDtype {
  if (storage.dtype === undefined) throw new Unreadable(`its tensor "${printable(name)}" is of ${storage.typeName}, expected one of float64, float32, float16, bfloat16, int64, int32, uint8, bool`);
  return storage.dtype;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** Bytes of the tensor. @throws Unreadable where it reaches beyond its storage, or shows a number several times. */
function check(name: string, ref: TensorRef): number {
  const { shape, strides, offset, storage } = ref, size = sizeOf(shape);
  const last = size === 0 ? offset - 1 : offset + shape.reduce((sum, extent, i) => sum + (extent - 1) * strides[i]!, 0);
  if (last >= storage.count || size > storage.count) {
    throw new Unreadable(`its tensor "${printable(name)}" [${shape.join(', ')}] at ${offset} reaches to number ${last} of a storage of ${storage.count}`);
  }
  return size * ELEMENT_BYTES[dtypeOf(name, ref)];
}

/** A copy, because a typed array must start at a multiple of its element size. */
function numbersOf(dtype: HostDtype, bytes: Uint8Array): HostData {
  const { buffer } = Uint8Array.from(bytes);
  switch (dtype) {
    case 'F64': return new Float64Array(buffer);
    case 'F32': return new Float32Array(buffer);
    case 'F16': return fromHalf(new Uint16Array(buffer));
    case 'BF16': return fromBfloat(new Uint16Array(buffer));
    case 'I64': return new BigInt64Array(buffer);
    case 'I32': return new Int32Array(buffer);
    default: return new Uint8Array(buffer);
  }
}

/** Row-major order of any strides. */
function gather<D extends HostData>(numbers: D, { shape, strides, offset }: TensorRef): D {
  const size = sizeOf(shape);
  if (isContiguous(shape, strides)) return numbers.slice(offset, offset + size) as D;
  const result = numbers.slice(0, size) as D;
  const index = shape.map(() => 0);
  for (let to = 0, from = offset; to < size; to++) {
    result[to] = numbers[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= shape[d]! * strides[d]!;
      index[d] = 0;
    }
  }
  return result;
}

/** Strides of dimensions of one do not matter. */
function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}
