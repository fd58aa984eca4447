// Safetensors (github.com/huggingface/safetensors): u64 header length, JSON header, little-endian data. The reader is
// strict: whatever the header claims is checked against the file before a byte is believed.
import { UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { readBytes } from '../files/failure.ts';
import { fromBfloat, fromHalf, toBfloat, toHalf } from './half.ts';
import { findDuplicateKey } from '../files/json.ts';

const ELEMENT_BYTES = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2, U8: 1, BOOL: 1 } as const;

export type HostDtype = keyof typeof ELEMENT_BYTES;
export type HostData = Float32Array | Float64Array | BigInt64Array | Int32Array | Uint8Array;

/** A tensor in the memory of Node, row-major. F16 and BF16 are held as a Float32Array (exact) and rounded back on writing. */
export interface HostTensor {
  readonly dtype: HostDtype;
  readonly shape: readonly number[];
  /** As many elements as the product of the shape: F32, F16, BF16 Float32Array; F64 Float64Array; I64 BigInt64Array; I32 Int32Array; U8, BOOL Uint8Array. */
  readonly data: HostData;
}

export interface Safetensors {
  readonly tensors: Map<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const MAX_HEADER_BYTES = 100_000_000;
const METADATA = '__metadata__';

interface Entry { readonly name: string; readonly dtype: HostDtype; readonly shape: number[]; readonly begin: number; readonly end: number }

/** @throws Error (a mistake of the caller) where shape, dtype and data of a tensor disagree. */
export function encodeSafetensors(tensors: ReadonlyMap<string, HostTensor>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  // widest elements first, so that every tensor is aligned to its own element size
  const ordered = [...tensors].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of ordered) {
    const part = bytesOf(name, tensor);
    header.push([name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [offset, offset + part.length] }]);
    parts.push(part);
    offset += part.length;
  }
  const text = new TextEncoder().encode(`{${header.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`);
  return assemble(text, parts, offset);
}

function assemble(header: Uint8Array, parts: readonly Uint8Array[], dataBytes: number): Uint8Array {
  const padded = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + padded + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(header, 8);
  file.fill(0x20, 8 + header.length, 8 + padded);
  let offset = 8 + padded;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

function bytesOf(name: string, { dtype, shape, data }: HostTensor): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (name === METADATA || data.length !== count) throw new Error(`tensor "${name}": shape [${shape.join(', ')}] has ${count} elements, its data ${data.length}`);
  const array = dtype === 'F16' ? toHalf(data as Float32Array) : dtype === 'BF16' ? toBfloat(data as Float32Array) : data;
  if (array.BYTES_PER_ELEMENT !== ELEMENT_BYTES[dtype]) throw new Error(`tensor "${name}": dtype ${dtype} does not fit a ${data.constructor.name}`);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Tensors by name, in the order of the data. @throws UserError naming the file for anything that the format forbids. */
export function decodeSafetensors(bytes: Uint8Array, fileName: string): Map<string, HostTensor> {
  return parseSafetensors(bytes, fileName).tensors;
}

/** Tensors and the metadata of the header. @throws UserError naming the file for anything that the format forbids. */
export function parseSafetensors(bytes: Uint8Array, fileName: string): Safetensors {
  const { header, dataStart } = readHeader(bytes, fileName);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA).map(([name, value]) => readEntry(name, value, fileName));
  checkOffsets(entries, bytes.length - dataStart, fileName);
  const tensors = new Map(entries.map((entry): [string, HostTensor] => [entry.name, readTensor(entry, bytes, dataStart)]));
  return { tensors, metadata: readMetadata(header[METADATA], fileName) };
}

function readHeader(bytes: Uint8Array, fileName: string): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) throw broken(fileName, `expected at least 8 bytes, found ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) throw broken(fileName, `the header claims ${length} bytes, the limit is ${MAX_HEADER_BYTES}`);
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) throw broken(fileName, `the header claims ${length} bytes, the file has ${bytes.length - 8} after the length`);
  const header = parseHeader(bytes.subarray(8, dataStart), fileName);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw broken(fileName, 'the header is not a JSON object');
  return { header: header as Record<string, unknown>, dataStart };
}

function parseHeader(bytes: Uint8Array, fileName: string): unknown {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw broken(fileName, 'the header is not valid JSON');
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) throw broken(fileName, `the header has "${duplicate}" twice`);
  return header;
}

function readEntry(name: string, value: unknown, fileName: string): Entry {
  const { dtype, shape, data_offsets: offsets } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) {
    throw broken(fileName, `tensor "${name}": expected a dtype of ${Object.keys(ELEMENT_BYTES).join(', ')}, found ${JSON.stringify(dtype)}`);
  }
  if (!isSizes(shape)) throw broken(fileName, `tensor "${name}": expected a shape of whole numbers, found ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw broken(fileName, `tensor "${name}": expected data_offsets [begin, end], found ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, length) => product * length, ELEMENT_BYTES[dtype as HostDtype]);
  if (size !== end - begin) throw broken(fileName, `tensor "${name}": ${dtype} [${shape.join(', ')}] needs ${size} bytes, its offsets span ${end - begin}`);
  return { name, dtype: dtype as HostDtype, shape, begin, end };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 32 && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** The data must be covered exactly once: no gap, no overlap, nothing behind the last tensor. Sorts the entries by offset. */
function checkOffsets(entries: Entry[], dataBytes: number, fileName: string): void {
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) throw broken(fileName, `tensor "${name}" starts at byte ${begin} of the data, expected ${expected} (${begin < expected ? 'overlap' : 'gap'})`);
    if (end > dataBytes) throw broken(fileName, `tensor "${name}" ends at byte ${end} of the data, the file has ${dataBytes} (truncated?)`);
    expected = end;
  }
  if (expected !== dataBytes) throw broken(fileName, `the tensors cover ${expected} bytes of data, the file has ${dataBytes}`);
}

function readTensor({ dtype, shape, begin, end }: Entry, bytes: Uint8Array, dataStart: number): HostTensor {
  // a copy, because a typed array must start at a multiple of its element size
  const { buffer } = Uint8Array.from(bytes.subarray(dataStart + begin, dataStart + end));
  return { dtype, shape, data: viewOf(dtype, buffer) };
}

function viewOf(dtype: HostDtype, buffer: ArrayBuffer): HostData {
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

function readMetadata(value: unknown, fileName: string): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Object.values(value).some((text) => typeof text !== 'string')) {
    throw broken(fileName, `expected ${METADATA} to be an object of strings`);
  }
  return value as Record<string, string>;
}

// names come from the file: control characters would reach the terminal
const broken = (fileName: string, reason: string): UserError => new UserError(`${fileName}: not a valid safetensors file: ${reason.replaceAll(/\p{Cc}/gu, '?')}`);

/** Refuses tensors with NaN or infinite numbers. @throws UserError naming file, tensor and index. */
export function refuseNonFinite(tensors: ReadonlyMap<string, HostTensor>, fileName: string): void {
  for (const [name, { data }] of tensors) {
    const at = data instanceof BigInt64Array ? -1 : data.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw new UserError(`${fileName}: tensor "${name}" holds ${String(data[at])} at index ${at}; expected finite numbers`);
  }
}

/** @throws UserError naming the file. */
export async function readSafetensors(file: string): Promise<Map<string, HostTensor>> {
  return decodeSafetensors(await readBytes(file), file);
}

/** Written beside and renamed into place. @throws UserError naming the file. */
export async function writeSafetensors(file: string, tensors: ReadonlyMap<string, HostTensor>, metadata: Readonly<Record<string, string>> = {}): Promise<void> {
  await writeFileAtomic(file, encodeSafetensors(tensors, metadata));
}
