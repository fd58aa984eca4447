// Reading and naming what goes wrong with files: every failure of the machine becomes one line that names the file.
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full; free some space and start again',
  EDQUOT: 'the disk quota is used up; free some space and start again',
  ELOOP: 'a loop of links',
  EIO: 'the disk fails (input/output error)',
  EFBIG: 'the file is larger than the system allows (ulimit -f)',
  EISDIR: 'expected a file, found a folder',
  ENOTDIR: 'expected a folder, found a file',
  EEXIST: 'exists already',
  EMFILE: 'too many open files (ulimit -n)',
  ENAMETOOLONG: 'the name is too long',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
};

/** The system's error code ("ENOENT", ...), or undefined for anything that is not a system error. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A system error as a UserError naming the file; any other error is returned as it is. */
export function fileError(error: unknown, file: string, action: 'read' | 'write'): unknown {
  const code = codeOf(error);
  if (code === undefined || error instanceof UserError) return error;
  return new UserError(`${file}: cannot ${action}: ${REASONS[code] ?? `${code} (${(error as Error).message})`}`);
}

/** @throws UserError naming the file. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fileError(error, file, 'read');
  }
}

/** Undefined where there is no such file. @throws UserError naming a file that cannot be read. */
export async function readTextIfAny(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError(error, file, 'read');
  }
}

/** @throws UserError naming the file. */
export async function readText(file: string): Promise<string> {
  return new TextDecoder().decode(await readBytes(file));
}
