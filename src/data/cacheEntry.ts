// One entry of the disk cache: a header of 64 bytes, then the frame's bytes as they are. Every byte is under a checksum, so what a
// power cut, a failing disk or another program did to a file is found when it is read.
//
//   0 magic "IALF"   4 format version   8 checksum of the rest   12 width   16 height   20 decoder   24 source size   32 source mtime, ns
//   40 key (16 bytes: which file, in which variant)   56 zero   64 [height, width, 3] bytes
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import type { RawImage } from './resize.ts';

/** To be raised whenever the same source would give other bytes: another layout, another resize. */
export const ENTRY_VERSION = 1;

const MAGIC = 0x46_4c_41_49;
const HEADER = 64, CHECKED_FROM = 12, KEY_AT = 40, KEY_LENGTH = 16;

/** A new release of the decoder may round elsewhere; its entries are not mixed with older ones. */
const DECODER = crc32(JSON.stringify(sharp.versions));

/** What the source file was when it was decoded. A file replaced by another of the same size and mtime is taken for the same. */
export interface SourceStamp { readonly size: bigint; readonly mtimeNs: bigint }

/** Names what an entry holds: a frame's path and what was done with it. */
export const entryKey = (file: string, variant: string): Buffer => createHash('sha256').update(`${variant}\0${file}`).digest().subarray(0, KEY_LENGTH);

export const entrySize = ({ data }: RawImage): number => HEADER + data.length;

export function encodeEntry({ data, width, height }: RawImage, key: Buffer, source: SourceStamp): Buffer {
  const bytes = Buffer.alloc(HEADER + data.length);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(ENTRY_VERSION, 4);
  bytes.writeUInt32LE(width, 12);
  bytes.writeUInt32LE(height, 16);
  bytes.writeUInt32LE(DECODER, 20);
  bytes.writeBigUInt64LE(source.size, 24);
  bytes.writeBigInt64LE(source.mtimeNs, 32);
  key.copy(bytes, KEY_AT);
  bytes.set(data, HEADER);
  bytes.writeUInt32LE(crc32(bytes.subarray(CHECKED_FROM)), 8);
  return bytes;
}

/** The frame in `bytes`, or why it may not be used. */
export function decodeEntry(bytes: Buffer, key: Buffer, source: SourceStamp): RawImage | string {
  if (bytes.length < HEADER) return `expected a header of ${HEADER} bytes, found ${bytes.length}`;
  if (bytes.readUInt32LE(0) !== MAGIC) return 'not an entry of this cache';
  const version = bytes.readUInt32LE(4);
  if (version !== ENTRY_VERSION) return `expected format version ${ENTRY_VERSION}, found ${version}`;
  const width = bytes.readUInt32LE(12), height = bytes.readUInt32LE(16), expected = HEADER + width * height * 3;
  if (bytes.length !== expected) return `expected ${expected} bytes, found ${bytes.length}`;
  if (crc32(bytes.subarray(CHECKED_FROM)) !== bytes.readUInt32LE(8)) return 'its checksum is wrong';
  if (bytes.readUInt32LE(20) !== DECODER) return 'made by another release of the decoder';
  if (!key.equals(bytes.subarray(KEY_AT, KEY_AT + KEY_LENGTH))) return 'the entry of another frame';
  if (bytes.readBigUInt64LE(24) !== source.size || bytes.readBigInt64LE(32) !== source.mtimeNs) return 'its frame has changed since';
  return { data: bytes.subarray(HEADER), width, height };
}
