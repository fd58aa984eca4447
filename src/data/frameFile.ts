// The bytes of a frame's file, and of a file only: a pipe would be waited for without end, and a device has none.
import { close, constants, fstat, open, read, readFile, type Stats } from 'node:fs';
import { promisify } from 'node:util';

// as quick as readFile, which takes the same steps; node:fs/promises does half as much work again for such small files
const callbacks = { open: promisify(open), fstat: promisify(fstat), read: promisify(read), readFile: promisify(readFile), close: promisify(close) };

/** Without waiting for somebody to write into it, should it be a pipe. Windows has no such flag, nor such files. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** @throws Error saying what it is in place of a file; system errors as they are. */
export async function readFrameFile(file: string): Promise<Buffer> {
  const handle = await callbacks.open(file, FLAGS);
  try {
    const stats = await callbacks.fstat(handle);
    if (!stats.isFile()) throw new Error(kindOf(stats));
    return stats.size > 0 ? await readWhole(handle, stats.size) : await callbacks.readFile(handle); // some network disks do not know the size
  } finally {
    await callbacks.close(handle);
  }
}

async function readWhole(handle: number, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await callbacks.read(handle, bytes, at, size - at, null);
    if (bytesRead === 0) break; // cut off meanwhile
    at += bytesRead;
  }
  return at === size ? bytes : bytes.subarray(0, at);
}

/** What the system's errors say of a file. */
export const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file', ENOTDIR: 'no such file', EACCES: 'a file that may not be read', EPERM: 'a file that may not be read', ELOOP: 'a loop of links',
  ENXIO: 'a socket or a device, not a file', EIO: 'a file that the disk cannot read',
};

/** What lies where a file was expected: "a folder", "a pipe, not a file". */
export function kindOf(found: Pick<Stats, 'isDirectory' | 'isFIFO' | 'isSocket'>): string {
  if (found.isDirectory()) return 'a folder';
  return `a ${found.isFIFO() ? 'pipe' : found.isSocket() ? 'socket' : 'device'}, not a file`;
}
