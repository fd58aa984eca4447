// JSON that never lies: NaN, infinity and undefined, which JSON.stringify turns into null, are refused by name.
import { UserError } from '../errors.ts';
import { readText } from './failure.ts';

/** Text of a value. Typed arrays are written as arrays. @throws UserError naming `file` and the place of a number that JSON cannot hold. */
export function encodeJson(value: unknown, file: string, indent?: number): string {
  refuseUnwritable(value, file, '');
  return JSON.stringify(value, (_, inner: unknown) => (isTypedArray(inner) ? Array.from(inner) : inner), indent);
}

function refuseUnwritable(value: unknown, file: string, path: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new UserError(`${file}: refused to write ${value} at ${path || 'the top'}: JSON has no such number`);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') throw new Error(`${file}: a ${typeof value} at ${path || 'the top'} cannot be written`);
  if (Array.isArray(value) || isTypedArray(value)) {
    for (let i = 0; i < value.length; i++) {
      if (value[i] === undefined) throw new Error(`${file}: undefined at ${path}[${i}] would become null`);
      refuseUnwritable(value[i], file, `${path}[${i}]`);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) refuseUnwritable(inner, file, path === '' ? key : `${path}.${key}`);
  }
}

const isTypedArray = (value: unknown): value is Float32Array => ArrayBuffer.isView(value) && !(value instanceof DataView);

/** @throws UserError naming the file and the parser's reason. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: not valid JSON: ${(error as Error).message.replaceAll(/\s+/g, ' ')}`);
  }
}

/** @throws UserError naming the file. */
export async function readJson(file: string): Promise<unknown> {
  return parseJson(await readText(file), file);
}

/** The first key that an object of this valid JSON text holds twice (JSON.parse keeps the last silently), or undefined. */
export function findDuplicateKey(text: string): string | undefined {
  const objects: Set<string>[] = [];
  // strings are matched whole, so that brackets inside them are not seen; a string before a colon is a key
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/gs)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(string!) as string;
      if (objects.at(-1)!.has(key)) return key;
      objects.at(-1)!.add(key);
    }
  }
  return undefined;
}
