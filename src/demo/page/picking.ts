// Files out of a drop or a file dialog, folders opened.
import { MAX_FILES, tooMany, type Picked } from './folder.ts';

/** From `<input type="file">`: folders carry their paths. */
export const fromInput = (files: Iterable<File>): Picked[] => [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Must be called within the drop event, whose data are gone after it. @throws Error for a folder that cannot be read or holds thousands of files */
export async function fromDrop(data: DataTransfer): Promise<Picked[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const loose = fromInput(data.files);
  const picked: Picked[] = [];
  for (const entry of entries) await collect(entry, '', picked);
  return picked.length > 0 || entries.length > 0 ? picked : loose;
}

async function collect(entry: FileSystemEntry, above: string, picked: Picked[]): Promise<void> {
  if (picked.length > MAX_FILES) throw tooMany();
  const path = above + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => { (entry as FileSystemFileEntry).file(resolve, () => { reject(new Error(`${path}: cannot be read`)); }); });
    picked.push({ path, file });
  } else {
    for (const child of await childrenOf(entry as FileSystemDirectoryEntry, path)) await collect(child, `${path}/`, picked);
  }
}

/** A reader hands out a hundred at a time, and none when it is done. */
async function childrenOf(folder: FileSystemDirectoryEntry, path: string): Promise<FileSystemEntry[]> {
  const reader = folder.createReader(), children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, () => { reject(new Error(`${path}: the folder cannot be read`)); }); });
    if (some.length === 0) return children;
    children.push(...some);
  }
}
