// The parameters of a notebook in one typed cell. A headless run overrides them without touching the notebook:
//   node bin/run-notebooks.mjs --set epochs=1 notebooks/00-quickstart.ipynb      (or IAL_PARAMS='{"epochs":1}')
import { UserError } from '../errors.ts';

export type ParamValue = string | number | boolean | readonly string[] | readonly number[];

/** @returns the defaults with the values of $IAL_PARAMS. @throws UserError for an unknown name or a value of another type. */
export function params<T extends Readonly<Record<string, ParamValue>>>(defaults: T, overrides: string | undefined = process.env['IAL_PARAMS']): T {
  const given = parse(overrides);
  for (const [name, value] of Object.entries(given)) check(name, value, defaults);
  const names = Object.keys(given);
  if (names.length > 0) console.log(`set from outside: ${names.map((name) => `${name} = ${JSON.stringify(given[name])}`).join(', ')}`);
  return { ...defaults, ...given };
}

function parse(text: string | undefined): Record<string, unknown> {
  if (text === undefined || text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch { /* said below */ }
  throw new UserError(`IAL_PARAMS: expected a JSON object such as {"epochs":1}, found ${text}`);
}

function check(name: string, value: unknown, defaults: Readonly<Record<string, ParamValue>>): void {
  const standard = defaults[name];
  if (standard === undefined || !Object.hasOwn(defaults, name)) throw new UserError(`there is no parameter "${name}"; this notebook has ${Object.keys(defaults).join(', ')}`);
  const [expected, found] = [typeName(standard), typeName(value)];
  if (expected !== found) throw new UserError(`parameter ${name}: expected a ${expected} such as ${JSON.stringify(standard)}, found ${JSON.stringify(value)}`);
}

const typeName = (value: unknown): string => (Array.isArray(value) ? `list of ${typeof value[0]}s` : typeof value);
