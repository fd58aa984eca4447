// torch.save before PyTorch 1.6 (and since, with _use_new_zipfile_serialization=False): four pickles (magic number, version,
// machine, value), the list of storage keys, then every storage as its count and its numbers.
import type { PickledFile } from './archive.ts';
import { Cursor } from './cursor.ts';
import { storageOf } from './globals.ts';
import { readPickle } from './pickle.ts';
import { describe, printable, Unreadable, type Pickled, type StorageRef } from './values.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
/** What such a file begins with: protocol 2 (or later), then the magic number as a ten-byte integer. */
const MAGIC_BYTES = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const VERSION = 1001;

export function isStream(bytes: Uint8Array): boolean {
  const starts = (at: number): boolean => MAGIC_BYTES.every((byte, i) => bytes[at + i] === byte);
  return bytes[0] === 0x80 && (starts(2) || starts(11)); // a frame of protocol 4 stands before it
}

const noStorage = (id: Pickled): never => { throw new Unreadable(`its head refers to ${describe(id)}`); };

/** @throws Unreadable */
export function readStream(bytes: Uint8Array): PickledFile {
  const cursor = new Cursor(bytes);
  const magic = readPickle(cursor, noStorage), version = readPickle(cursor, noStorage);
  if (magic !== MAGIC || version !== VERSION) throw new Unreadable(`it is of version ${describe(version)}, expected ${VERSION}`);
  readPickle(cursor, noStorage); // the machine that wrote it: numbers are little-endian whatever it says (THPStorage_writeFileRaw)
  const refs = new Map<string, StorageRef>();
  const top = readPickle(cursor, (id) => remember(refs, withoutView(id)));
  const places = findStorages(cursor, readPickle(cursor, noStorage), refs);
  return {
    format: 'stream', top,
    storage({ key, count, typeName }, elementBytes) {
      const place = places.get(key);
      if (!place) throw new Unreadable(`storage ${printable(key)} is missing`);
      if (place.count !== count) throw new Unreadable(`storage ${printable(key)} has ${place.count} numbers, its pickle says ${count} of ${typeName}`);
      return bytes.subarray(place.at, place.at + count * elementBytes);
    },
  };
}

/** Files of PyTorch 0.1 give a part of a storage a sixth entry. */
function withoutView(id: Pickled): StorageRef {
  if (Array.isArray(id) && id[5] !== undefined && id[5] !== null) throw new Unreadable('it holds views of storages, as PyTorch wrote them before 0.2');
  return storageOf(id);
}

/** The place of a storage follows from the sizes of those before it, so every type must be known, and only one a key. */
function remember(refs: Map<string, StorageRef>, ref: StorageRef): StorageRef {
  const before = refs.get(ref.key);
  if (before && (before.typeName !== ref.typeName || before.count !== ref.count)) throw new Unreadable(`storage ${printable(ref.key)} is ${before.count} of ${before.typeName} and ${ref.count} of ${ref.typeName}`);
  refs.set(ref.key, ref);
  return ref;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  DoubleStorage: 8, FloatStorage: 4, HalfStorage: 2, BFloat16Storage: 2, LongStorage: 8, IntStorage: 4, ShortStorage: 2, CharStorage: 1, ByteStorage: 1, BoolStorage: 1, ComplexFloatStorage: 8, ComplexDoubleStorage: 16,
};

interface Place { readonly at: number; readonly count: number }

function findStorages(cursor: Cursor, keys: Pickled, refs: ReadonlyMap<string, StorageRef>): Map<string, Place> {
  if (!Array.isArray(keys)) throw new Unreadable(`expected the list of its storages, found ${describe(keys)}`);
  const places = new Map<string, Place>();
  for (const key of keys as readonly Pickled[]) {
    const ref = typeof key === 'string' ? refs.get(key) : undefined, size = ref && ELEMENT_BYTES[ref.typeName];
    if (!ref || places.has(ref.key)) throw new Unreadable(`its list of storages names ${describe(key)}, which its pickle does not use or which it has named before`);
    if (size === undefined) throw new Unreadable(`storage ${printable(ref.key)} is of ${ref.typeName}, whose size is not known`);
    const count = cursor.u64();
    places.set(ref.key, { at: cursor.advance(count * size), count });
  }
  return places;
}
