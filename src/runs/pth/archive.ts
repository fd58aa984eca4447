// torch.save since PyTorch 1.6: a ZIP archive of ROOT/data.pkl and one record ROOT/data/KEY a storage.
import { Cursor } from './cursor.ts';
import { storageOf } from './globals.ts';
import { readPickle } from './pickle.ts';
import { describe, printable, Unreadable, type Pickled, type StorageRef } from './values.ts';
import { readDirectory, recordBytes, type ZipRecord } from './zip.ts';

/** What either format gives: the pickled value, and the bytes behind its storages. */
export interface PickledFile {
  readonly format: 'zip' | 'stream';
  readonly top: Pickled;
  /** Little-endian numbers of a storage. @throws Unreadable where there are not as many as the pickle says. */
  storage(ref: StorageRef, elementBytes: number): Uint8Array;
}

/** @throws Unreadable */
export function readArchive(bytes: Uint8Array): PickledFile {
  const records = readDirectory(bytes);
  const root = rootOf(records);
  const record = (name: string): Uint8Array | undefined => {
    const found = records.get(`${root}${name}`);
    return found && recordBytes(bytes, found);
  };
  const isBig = isBigEndian(record('byteorder'));
  const top = readPickle(new Cursor(record('data.pkl')!), storageOf);
  return {
    format: 'zip', top,
    storage(ref, elementBytes) {
      const data = record(`data/${ref.key}`), wanted = ref.count * elementBytes, name = printable(`${root}data/${ref.key}`);
      if (!data) throw new Unreadable(`its record ${name} is missing`);
      if (data.length !== wanted) throw new Unreadable(`its record ${name} has ${data.length} bytes, ${ref.count} numbers of ${ref.typeName} need ${wanted}`);
      return isBig ? swapped(data, elementBytes) : data;
    },
  };
}

/** The folder that holds data.pkl, with its slash. */
function rootOf(records: ReadonlyMap<string, ZipRecord>): string {
  const roots = [...records.keys()].flatMap((name) => (/^(?:[^/]+\/)?data\.pkl$/.test(name) ? [name.slice(0, -'data.pkl'.length)] : []));
  if (roots.length !== 1) throw new Unreadable(`it is a ZIP archive with ${roots.length === 0 ? 'no' : 'several'} data.pkl, expected what torch.save writes`);
  const root = roots[0]!;
  if (records.has(`${root}constants.pkl`)) throw new Unreadable('it is a TorchScript archive (torch.jit.save): load it in PyTorch and torch.save its state_dict() instead');
  return root;
}

function isBigEndian(record: Uint8Array | undefined): boolean {
  const order = record === undefined ? 'little' : new TextDecoder().decode(record.subarray(0, 16));
  if (order !== 'little' && order !== 'big') throw new Unreadable(`its byte order is ${describe(order)}, expected "little" or "big"`);
  return order === 'big';
}

function swapped(data: Uint8Array, elementBytes: number): Uint8Array {
  const copy = Buffer.from(data);
  if (elementBytes === 2) return copy.swap16();
  if (elementBytes === 4) return copy.swap32();
  return elementBytes === 8 ? copy.swap64() : copy;
}
