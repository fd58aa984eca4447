// Classes of a list of one's own, told by its labels. Words for one of the seven expressions get this project's names and come first,
// in DFEW's order; others keep their words, by the alphabet; numbers stand for themselves. So the order depends on the labels alone.
import { EXPRESSIONS, expressionIndex } from '../labels.ts';
import { UserError } from '../errors.ts';

export interface ListedLabel { readonly label: string; /** `file:line` */ readonly where: string }

export interface Classes {
  readonly names: readonly string[];
  /** Index in `names`. */
  of(label: string): number;
  /** What was done with the words. */
  readonly note: string;
}

const isNumber = (label: string): boolean => /^\d+$/.test(label);

/** @throws UserError for numbers among words, one word in two spellings, or fewer than two classes. */
export function classesOf(labels: readonly ListedLabel[], file: string): Classes {
  const first = new Map<string, string>();
  for (const { label, where } of labels) if (!first.has(label)) first.set(label, where);
  const written = [...first.keys()];
  refuseMixed(written, first);
  const nameOf = (label: string): string => EXPRESSIONS[expressionIndex(label)] ?? (isNumber(label) ? String(Number(label)) : label);
  const names = [...new Set(written.map(nameOf))].sort(compareClasses);
  refuseSpellings(names, written, first);
  if (names.length < 2) throw new UserError(`${file}: expected at least two classes, found only "${names[0]}"`);
  const renamed = written.filter((label) => nameOf(label) !== label.toLowerCase() && !isNumber(label)).map((label) => `${label} is ${nameOf(label)}`);
  const places = new Map(written.map((label) => [label, names.indexOf(nameOf(label))]));
  return { names, of: (label) => places.get(label)!, note: `classes: ${names.length} by ${isNumber(written[0]!) ? 'number' : 'name'}, ${names.join(', ')}${renamed.length > 0 ? ` (${renamed.join(', ')})` : ''}` };
}

function refuseMixed(written: readonly string[], first: ReadonlyMap<string, string>): void {
  const number = written.find(isNumber), word = written.find((label) => !isNumber(label));
  if (number !== undefined && word !== undefined) throw new UserError(`${first.get(number)}: expected a class by name as "${word}" at ${first.get(word)}, found the number ${number}; use either names or numbers`);
}

/** "Contempt" and "contempt" would be two classes. */
function refuseSpellings(names: readonly string[], written: readonly string[], first: ReadonlyMap<string, string>): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const before = seen.get(name.toLowerCase());
    if (before !== undefined && written.includes(name)) throw new UserError(`${first.get(name)}: expected one spelling of a class, found "${name}" and "${before}" (${first.get(before)})`);
    seen.set(name.toLowerCase(), name);
  }
}

function compareClasses(a: string, b: string): number {
  const rank = (name: string): number => { const index = expressionIndex(name); return index < 0 ? EXPRESSIONS.length : index; };
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
