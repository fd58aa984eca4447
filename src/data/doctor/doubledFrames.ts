// The same frame under two names in one clip's folder: 3.jpg and 3.png, 3.jpg and 03.jpg, 3.jpg and a file manager's "3 (1).jpg".
import { basename } from 'node:path';

/** What file managers add to the name of a copy: " (1)", " - Copy", " - Kopie (2)", " copy 2". */
const COPY = /(?:\s*\(\d+\)|[\s_]+(?:-\s*)?(?:copy|kopie|copie|copia)(?:\s*\(?\d+\)?)?)$/i;

/** The name without its ending and its numbers' padding. */
const plain = (file: string): string => basename(file).replace(/\.\w+$/, '').replace(/(?<!\d)0+(?=\d)/g, '');

/**
 * The frames that are there before, each with the frame that it doubles. A copy is one only beside a numbered frame that it was made
 * of: "face (1)" to "face (16)" are sixteen frames.
 */
export function doubledFrames(files: readonly string[]): Map<string, string> {
  const first = new Map<string, string>(), doubles = new Map<string, string>();
  for (const file of files) {
    const name = plain(file), before = first.get(name);
    if (before === undefined) first.set(name, file);
    else doubles.set(file, before);
  }
  for (const [name, file] of first) {
    const original = COPY.test(name) ? name.replace(COPY, '') : '';
    if (/\d/.test(original) && first.has(original)) doubles.set(file, first.get(original)!);
  }
  return doubles;
}
