// Files and folders that are there whole or not at all, also after SIGKILL, a full disk or a power cut.
// Not npm's write-file-atomic 7: it ignores a short write, so on a full disk it renames a truncated file over a good one,
// and it does not flush the folder that holds the name.
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { codeOf, fileError } from './failure.ts';

let count = 0;

/** A name beside `path`, unique to this process, thread and call; leftovers of killed processes are recognised by its beginning. */
export const temporaryName = (path: string): string => join(dirname(path), `.tmp-${basename(path)}-${process.pid}-${threadId}-${++count}`);

/** Flushed beside the file, then renamed over it. @throws UserError naming the file; the old content is then still there. */
export async function writeFileAtomic(file: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeFlushed(temporary, data);
    await rename(temporary, file);
    await flushFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // the first failure is the one to tell
    throw fileError(error, file, 'write');
  }
}

/** Writes all of `data` (or throws) and waits until it is on the disk. */
export async function writeFlushed(file: string, data: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(data); // repeats short writes until all is written or the system says why not
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes the files of folder `temporary` and the folder, then renames it to `final`, replacing a folder of that name. @throws UserError naming `final`. */
export async function replaceFolder(temporary: string, final: string): Promise<void> {
  try {
    for (const name of await readdir(temporary)) await flushFile(join(temporary, name));
    await flushFolder(temporary);
    const old = temporaryName(final);
    const isReplaced = await rename(final, old).then(() => true, () => false);
    await rename(temporary, final);
    await flushFolder(dirname(final));
    if (isReplaced) await rm(old, { recursive: true, force: true });
  } catch (error) {
    throw fileError(error, final, 'write');
  }
}

/** Removes what killed processes left beside: call only while no other process writes here. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.startsWith('.tmp-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function flushFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes renames in a folder durable. Some file systems cannot flush a folder; there the rename alone must do. */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR', 'EACCES', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
  }
}
