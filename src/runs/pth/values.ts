// What a pickle can hold once it has been read without running anything: plain values, names, and objects that stay shut.
import type { HostDtype } from '../safetensors.ts';

/** A file that cannot be what it claims to be; the reader of a file puts the file's name before the reason. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** A name in Python, never looked up. */
export interface GlobalName { readonly kind: 'global'; readonly module: string; readonly name: string }

/** An object of a class that nothing here knows: what it was made of is kept, what it would do is not done. */
export interface Opaque { readonly kind: 'object'; readonly of: string; readonly args: readonly Pickled[]; state?: Pickled }

/** Numbers in one record or one stretch of the file. */
export interface StorageRef { readonly kind: 'storage'; readonly key: string; /** undefined: a type that no network here has */ readonly dtype: HostDtype | undefined; readonly typeName: string; /** elements */ readonly count: number }

/** A view into a storage; sizes and strides in elements, not yet checked against the storage. */
export interface TensorRef { readonly kind: 'tensor'; readonly storage: StorageRef; readonly offset: number; readonly shape: readonly number[]; readonly strides: readonly number[] }

export type Pickled = null | boolean | number | bigint | string | Uint8Array | readonly Pickled[] | Map<Pickled, Pickled> | Set<Pickled> | GlobalName | Opaque | StorageRef | TensorRef;

export const isTensor = (value: Pickled | undefined): value is TensorRef => kindOf(value) === 'tensor';
export const isStorage = (value: Pickled | undefined): value is StorageRef => kindOf(value) === 'storage';
export const isGlobal = (value: Pickled | undefined): value is GlobalName => kindOf(value) === 'global';
export const isOpaque = (value: Pickled | undefined): value is Opaque => kindOf(value) === 'object';

function kindOf(value: Pickled | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

/** A whole number that fits, as the sizes, offsets and counts of a tensor have to be. @throws Unreadable */
export function sizeAt(value: Pickled | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Unreadable(`${what}: expected a whole number of at least 0, found ${describe(value)}`);
  return value;
}

/** @throws Unreadable */
export function sizesAt(value: Pickled | undefined, what: string): readonly number[] {
  if (!Array.isArray(value) || value.length > 32) throw new Unreadable(`${what}: expected at most 32 whole numbers, found ${describe(value)}`);
  return (value as readonly Pickled[]).map((size) => sizeAt(size, what));
}

const short = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** In a few words, for a message: "a dict of 3", "an object of __main__.Net". */
export function describe(value: Pickled | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (typeof value === 'string') return short(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Set) return `a set of ${value.size}`;
  return describeKind(value);
}

function describeKind(value: readonly Pickled[] | GlobalName | Opaque | StorageRef | TensorRef): string {
  if (!('kind' in value)) return `a list of ${value.length}`;
  switch (value.kind) {
    case 'tensor': return `a tensor ${value.shape.join(' x ') || 'of one number'}`;
    case 'storage': return `a storage of ${value.count} numbers`;
    case 'object': return `an object of ${printable(value.of)}`;
    case 'global': return `the name ${printable(`${value.module}.${value.name}`)}`;
  }
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Names come from a file that may be hostile: one line, no control characters, not endless. */
export const printable = (name: string): string => {
  const clean = name.replaceAll(UNPRINTABLE, '?');
  return clean.length > 80 ? `${clean.slice(0, 77)}...` : clean;
};

/** What a tensor may be called. */
export const isPlainName = (name: string): boolean => name.length <= 200 && name.search(UNPRINTABLE) < 0;
