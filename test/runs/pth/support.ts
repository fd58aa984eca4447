// Pickles and ZIP archives put together byte by byte, honest ones and others.
import { crc32, deflateRawSync } from 'node:zlib';

export type Bytes = readonly number[];

const ascii = (text: string): Bytes => [...Buffer.from(text)];
const u16 = (value: number): Bytes => [value & 255, value >>> 8];
const u32 = (value: number): Bytes => [...new Uint8Array(Uint32Array.of(value).buffer)];
const u64 = (value: number): Bytes => [...new Uint8Array(BigUint64Array.of(BigInt(value)).buffer)];

/** A pickle of protocol 2. */
export const pickle = (...parts: readonly Bytes[]): Uint8Array => Uint8Array.from([0x80, 2, ...parts.flat(), 0x2e]);
export const name = (module: string, of: string): Bytes => ascii(`c${module}\n${of}\n`);
export const text = (value: string): Bytes => [0x58, ...u32(Buffer.byteLength(value)), ...ascii(value)];
export const int = (value: number): Bytes => [0x4a, ...u32(value)];
export const tuple = (...items: readonly Bytes[]): Bytes => [0x28, ...items.flat(), 0x74];
export const dict = (entries: Readonly<Record<string, Bytes>>): Bytes => [0x7d, 0x28, ...Object.entries(entries).flatMap(([key, value]) => [...text(key), ...value]), 0x75];
export const call = (callable: Bytes, ...args: readonly Bytes[]): Bytes => [...callable, ...tuple(...args), 0x52];
export const storage = (key: string, count: number, type = 'FloatStorage'): Bytes => [...tuple(text('storage'), name('torch', type), text(key), text('cpu'), int(count)), 0x51];
export const tensor = (of: Bytes, shape: readonly number[], { offset = 0, strides = contiguous(shape) }: { readonly offset?: number; readonly strides?: readonly number[] } = {}): Bytes =>
  call(name('torch._utils', '_rebuild_tensor_v2'), of, int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)), [0x89], call(name('collections', 'OrderedDict')));

const contiguous = (shape: readonly number[]): number[] => shape.map((_, d) => shape.slice(d + 1).reduce((product, size) => product * size, 1));

export const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** What the headers say where it is not the truth. */
  readonly lie?: { readonly size?: number; readonly packed?: number; readonly at?: number; readonly crc?: number; readonly flags?: number; readonly method?: number };
}

/** A ZIP archive; with `zip64` every size and place stands in ZIP64 fields. */
export function zip(entries: readonly Entry[], { zip64 = false, count = entries.length }: { readonly zip64?: boolean; readonly count?: number } = {}): Uint8Array {
  const body: Uint8Array[] = [], central: number[] = [];
  let start = 0;
  for (const { name: of, data, deflate = false, lie = {} } of entries) {
    const packed = deflate ? deflateRawSync(data) : data, at = lie.at ?? start;
    const [crc, packedSize, size] = [lie.crc ?? crc32(data), lie.packed ?? packed.length, lie.size ?? data.length];
    const head = [...u16(lie.flags ?? 0), ...u16(lie.method ?? (deflate ? 8 : 0)), ...u32(0), ...u32(crc)];
    const full = 0xffffffff, wide = zip64 ? [...u16(1), ...u16(24), ...u64(size), ...u64(packedSize), ...u64(at)] : [];
    const sizes = zip64 ? [...u32(full), ...u32(full)] : [...u32(packedSize), ...u32(size)];
    const local = Uint8Array.from([0x50, 0x4b, 3, 4, ...u16(20), ...head, ...sizes, ...u16(of.length), ...u16(5), ...ascii(of), 0x46, 0x42, 1, 0, 0x5a]); // padded as PyTorch pads
    body.push(local, packed);
    start += local.length + packed.length;
    central.push(0x50, 0x4b, 1, 2, ...u16(20), ...u16(20), ...head, ...sizes, ...u16(of.length), ...u16(wide.length), ...u16(0), ...u32(0), ...u32(0), ...u32(zip64 ? full : at), ...ascii(of), ...wide);
  }
  const end64 = [0x50, 0x4b, 6, 6, ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0), ...u64(count), ...u64(count), ...u64(central.length), ...u64(start), 0x50, 0x4b, 6, 7, ...u32(0), ...u64(start + central.length), ...u32(1)];
  const end = [0x50, 0x4b, 5, 6, ...u32(0), ...u16(zip64 ? 0xffff : count), ...u16(zip64 ? 0xffff : count), ...u32(zip64 ? 0xffffffff : central.length), ...u32(zip64 ? 0xffffffff : start), ...u16(0)];
  return Buffer.concat([...body, Uint8Array.from([...central, ...zip64 ? end64 : [], ...end])]);
}

/** What torch.save makes of one pickle and its storages. */
export const archive = (top: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}, more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array =>
  zip([{ name: 'x/data.pkl', data: top }, ...Object.entries(storages).map(([key, data]) => ({ name: `x/data/${key}`, data })), ...Object.entries(more).map(([key, data]) => ({ name: `x/${key}`, data }))]);

const MAGIC: Bytes = [0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** What torch.save made before 1.6. */
export const stream = (top: Uint8Array, storages: Readonly<Record<string, { readonly count: number; readonly data: Uint8Array }>> = {}): Uint8Array => Uint8Array.from([
  ...pickle(MAGIC), ...pickle([0x4d, 0xe9, 3]), ...pickle(dict({ little_endian: [0x88] })), ...top,
  ...pickle([0x5d, 0x28, ...Object.keys(storages).flatMap(text), 0x65]), ...Object.values(storages).flatMap(({ count, data }) => [...u64(count), ...data]),
]);
