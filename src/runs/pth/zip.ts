// The directory of a ZIP archive, ZIP64 included, checked against the file before a record is believed; fflate inflates.
// fflate's own reader neither tells where records lie (two may share bytes: a bomb) nor holds their sizes against the file.
import { crc32 } from 'node:zlib';
import { inflateSync } from 'fflate';
import { Cursor } from './cursor.ts';
import { printable, Unreadable } from './values.ts';

export interface ZipRecord {
  readonly name: string;
  /** 0 stored, 8 deflated */
  readonly method: number;
  /** Bytes in the file. */
  readonly packed: number;
  /** Bytes once inflated. */
  readonly size: number;
  readonly crc: number;
  /** Where the record's header begins. */
  readonly at: number;
}

const END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50, CENTRAL = 0x02014b50, LOCAL = 0x04034b50;
const END_BYTES = 22, LOCATOR_BYTES = 20, LOCAL_BYTES = 30, MAX_COMMENT = 65_535;
const IN_ZIP64 = 0xffffffff;
const MAX_RECORDS = 100_000;
/** Inflated, all records together: weights hardly compress, so ten times the file (and 64 MB for small ones) is no checkpoint. */
const MAX_RATIO = 10, SMALL_BYTES = 64 * 2 ** 20;

interface Directory { readonly count: number; readonly at: number; readonly bytes: number }

/** Records by name. @throws Unreadable for a directory that does not fit the file, records that overlap, too much to inflate. */
export function readDirectory(bytes: Uint8Array): ReadonlyMap<string, ZipRecord> {
  const directory = findDirectory(bytes);
  if (directory.count > MAX_RECORDS) throw new Unreadable(`its directory announces ${directory.count} records, at most ${MAX_RECORDS} are read`);
  if (directory.at + directory.bytes > bytes.length) throw new Unreadable(`its directory is announced at bytes ${directory.at} to ${directory.at + directory.bytes}, the file has ${bytes.length}`);
  const cursor = new Cursor(bytes.subarray(0, directory.at + directory.bytes), directory.at);
  const records = new Map<string, ZipRecord>();
  for (let i = 0; i < directory.count; i++) {
    const record = readCentral(cursor);
    if (records.has(record.name)) throw new Unreadable(`it holds the record ${printable(record.name)} twice`);
    records.set(record.name, record);
  }
  checkPlaces([...records.values()], bytes, directory.at);
  return records;
}

function findDirectory(bytes: Uint8Array): Directory {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = bytes.length - END_BYTES; at >= Math.max(0, bytes.length - END_BYTES - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) !== END) continue;
    const cursor = new Cursor(bytes, at + 10);
    const count = cursor.u16(), size = cursor.u32(), start = cursor.u32();
    const is64 = at >= LOCATOR_BYTES && view.getUint32(at - LOCATOR_BYTES, true) === LOCATOR64;
    return is64 ? findDirectory64(bytes, at - LOCATOR_BYTES) : { count, at: start, bytes: size };
  }
  throw new Unreadable('it begins as a ZIP archive and has no directory at its end (truncated?)');
}

function findDirectory64(bytes: Uint8Array, locator: number): Directory {
  const cursor = new Cursor(bytes, new Cursor(bytes, locator + 8).u64());
  if (cursor.at > bytes.length || cursor.u32() !== END64) throw new Unreadable('its ZIP64 directory is not where the archive says');
  cursor.advance(28);
  const count = cursor.u64(), size = cursor.u64(), at = cursor.u64();
  return { count, at, bytes: size };
}

function readCentral(cursor: Cursor): ZipRecord {
  if (cursor.u32() !== CENTRAL) throw new Unreadable('its directory is broken');
  cursor.advance(4);
  const flags = cursor.u16(), method = cursor.u16();
  cursor.advance(4);
  const crc = cursor.u32(), packed = cursor.u32(), size = cursor.u32(), nameBytes = cursor.u16(), extraBytes = cursor.u16(), commentBytes = cursor.u16();
  cursor.advance(8);
  const at = cursor.u32(), name = cursor.text(nameBytes);
  const extra = cursor.take(extraBytes);
  cursor.advance(commentBytes);
  if (flags & 1) throw new Unreadable(`its record ${printable(name)} is encrypted`);
  if (method !== 0 && method !== 8) throw new Unreadable(`its record ${printable(name)} is compressed by method ${method}, expected stored or deflated`);
  return { name, method, crc, ...wide({ packed, size, at }, extra) };
}

/** Where a 32-bit field is full, the number stands in the ZIP64 extra field, in this order. */
function wide(narrow: Pick<ZipRecord, 'packed' | 'size' | 'at'>, extra: Uint8Array): Pick<ZipRecord, 'packed' | 'size' | 'at'> {
  const cursor = new Cursor(extra);
  const result = { ...narrow };
  while (cursor.at + 4 <= extra.length) {
    const id = cursor.u16(), field = new Cursor(cursor.take(cursor.u16()));
    if (id !== 1) continue;
    for (const key of ['size', 'packed', 'at'] as const) if (narrow[key] === IN_ZIP64) result[key] = field.u64();
  }
  return result;
}

/** Records must lie one behind the other, before the directory. */
function checkPlaces(records: ZipRecord[], bytes: Uint8Array, end: number): void {
  records.sort((a, b) => a.at - b.at);
  let total = 0;
  for (const [i, record] of records.entries()) {
    const next = records[i + 1]?.at ?? end, name = printable(record.name);
    const last = dataStart(bytes, record) + record.packed;
    if (last > next) throw new Unreadable(`its record ${name} ends at byte ${last}, where ${records[i + 1] ? `${printable(records[i + 1]!.name)} begins at ${next} (overlap)` : `the directory begins at ${next}`}`);
    if (record.method === 0 && record.size !== record.packed) throw new Unreadable(`its record ${name} is stored with ${record.packed} bytes and announced with ${record.size}`);
    total += record.size;
  }
  const limit = MAX_RATIO * bytes.length + SMALL_BYTES;
  if (total > limit) throw new Unreadable(`its records announce ${total} bytes in a file of ${bytes.length}; at most ${limit} are inflated`);
}

/** Behind the record's own header, whose extra field PyTorch pads so that numbers are aligned. */
function dataStart(bytes: Uint8Array, { at, name }: ZipRecord): number {
  const cursor = new Cursor(bytes, at);
  if (at + LOCAL_BYTES > bytes.length || cursor.u32() !== LOCAL) throw new Unreadable(`its record ${printable(name)} is not where the directory says`);
  cursor.advance(22);
  const nameBytes = cursor.u16(), extraBytes = cursor.u16();
  if (cursor.text(nameBytes) !== name) throw new Unreadable(`its record ${printable(name)} has another name in its own header`);
  return cursor.at + extraBytes;
}

/** The bytes of a record, inflated. @throws Unreadable where they are not those that it announces. */
export function recordBytes(bytes: Uint8Array, record: ZipRecord): Uint8Array {
  const start = dataStart(bytes, record), name = printable(record.name);
  const packed = bytes.subarray(start, start + record.packed);
  const data = record.method === 0 ? packed : inflate(packed, record.size + 1); // one more than announced, so that a longer one is seen
  if (data.length !== record.size) throw new Unreadable(`its record ${name} inflates to ${data.length > record.size ? 'more' : 'fewer'} than the ${record.size} bytes that it announces`);
  if (crc32(data) !== record.crc) throw new Unreadable(`its record ${name} has another checksum than it announces: it is damaged, or was saved under torch.serialization.set_crc32_options(False)`);
  return data;
}

/** At most `limit` bytes, whatever the data would give. */
function inflate(packed: Uint8Array, limit: number): Uint8Array {
  try {
    return inflateSync(packed, { out: new Uint8Array(limit) });
  } catch (error) {
    if (error instanceof RangeError) return new Uint8Array(limit); // a stored block beyond the end of `out`
    throw new Unreadable(`a deflated record is broken (${(error as Error).message})`);
  }
}
