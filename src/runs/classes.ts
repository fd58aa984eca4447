// The order of a network's classes. Codebases number the expressions in DFEW's order, by the alphabet or otherwise, and no
// tensor tells: taken for the other, every number of an evaluation is wrong without a sign of it.
import { UserError } from '../errors.ts';
import { expressionIndex, EXPRESSIONS } from '../labels.ts';
import type { HostTensor } from './safetensors.ts';

export interface NamedClasses {
  readonly labelNames: readonly string[];
  /** Row of the file for each class; undefined where the file's order is kept. */
  readonly rows: readonly number[] | undefined;
}

/**
 * What names in the file's order mean. The seven expressions, under any of the words that datasets use, are put into this
 * project's order; other classes keep the file's.
 * @throws UserError for another number of names than classes, or a name twice.
 */
export function nameClasses(names: readonly string[] | undefined, classes: number): NamedClasses {
  const isSeven = classes === EXPRESSIONS.length;
  if (names === undefined) return { labelNames: isSeven ? EXPRESSIONS : Array.from({ length: classes }, (_, i) => `class ${i}`), rows: undefined };
  if (names.length !== classes || new Set(names).size !== classes || names.includes('')) throw new UserError(`--labels: expected the ${classes} classes of the network, each once, found ${names.length}: ${names.join(', ')}`);
  const places = EXPRESSIONS.map((_, i) => names.findIndex((name) => expressionIndex(name) === i));
  if (!isSeven || places.includes(-1)) return { labelNames: names, rows: undefined };
  return { labelNames: EXPRESSIONS, rows: places.every((place, i) => place === i) ? undefined : places };
}

const HEADS = /^fc_f\.(?:weight|bias)$|\.AUX_fc\.1\.weight$/;

/** The same network with its classes in another order: rows of the classifier and of the auxiliary heads. */
export function withClassRows(tensors: ReadonlyMap<string, HostTensor>, rows: readonly number[]): Map<string, HostTensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, HEADS.test(name) ? reordered(tensor, rows) : tensor]));
}

function reordered({ dtype, shape, data }: HostTensor, rows: readonly number[]): HostTensor {
  const size = data.length / rows.length, from = data as Float32Array, to = new Float32Array(data.length);
  for (const [row, source] of rows.entries()) to.set(from.subarray(source * size, (source + 1) * size), row * size);
  return { dtype, shape, data: to };
}
