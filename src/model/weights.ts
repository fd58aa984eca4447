// Weights on the host, under the authors' names and in PyTorch's layout (what files hold), and their way to and from
// the engine's layout (convolutions HWIO, channels last). Initial values as the authors': kaiming normal by fan-out for
// every convolution, PyTorch's default for linear layers, standard normal positions.
import type { ExperimentConfig } from '../config.ts';
import { random, type Random } from '../random.ts';
import { UserError } from '../errors.ts';
import { sizeOf, specification, type TensorSpec } from './specification.ts';

/** Name -> numbers in PyTorch's row-major layout. */
export type Weights = ReadonlyMap<string, Float32Array>;

function fill(size: number, next: () => number): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = next();
  return values;
}

function initialValues(spec: TensorSpec, random: Random): Float32Array {
  const size = sizeOf(spec.shape);
  const uniform = (fanIn: number): Float32Array => fill(size, () => random.uniform(-1, 1) / Math.sqrt(fanIn));
  switch (spec.kind) {
    case 'convolution': case 'globalConvolution': case 'pointwise': {
      const [outputs, , height, width] = spec.shape as [number, number, number, number];
      const deviation = Math.sqrt(2 / (outputs * height * width));     // fan-out counts C even for a depthwise kernel, as PyTorch's does
      return fill(size, () => random.normal(0, deviation));
    }
    case 'linear': return uniform(spec.shape[1]!);
    case 'linearBias': return uniform(spec.fanIn!);
    case 'position': return fill(size, () => random.normal());
    case 'one': case 'runningVariance': return new Float32Array(size).fill(1);
    case 'zero': case 'runningMean': case 'batchCount': return new Float32Array(size);
  }
}

/** Fresh weights: each tensor depends on the seed and its own name only, so variants of a network share what they have in common. */
export function initialWeights(config: ExperimentConfig, seed = config.seed): Weights {
  return new Map(specification(config).map((spec) => [spec.name, initialValues(spec, random(seed, 'weights', spec.name))]));
}

/** Shape of a tensor inside the engine. */
export function engineShape(spec: TensorSpec): number[] {
  const [a, b, c, d] = spec.shape as [number, number, number, number];
  if (!spec.isUsed) return [...spec.shape];
  switch (spec.kind) {
    case 'convolution': return [c, d, b, a];
    case 'globalConvolution': return [c, d, a];
    case 'pointwise': return [a, b];
    default: return [...spec.shape];
  }
}

/** Outer and inner extents of the two-dimensional transposition between the two layouts, or undefined where they agree. */
function transposition(spec: TensorSpec): { channels: number; inputs: number; area: number } | undefined {
  if (!spec.isUsed || !['convolution', 'globalConvolution'].includes(spec.kind)) return undefined;
  const [channels, inputs, height, width] = spec.shape as [number, number, number, number];
  return { channels, inputs, area: height * width };
}

/** PyTorch's [O, I, H, W] -> the engine's [H, W, I, O] (both with I = 1 for a global convolution). */
export function toEngine(spec: TensorSpec, values: Float32Array): Float32Array {
  const t = transposition(spec);
  if (!t) return values;
  const result = new Float32Array(values.length);
  for (let o = 0, from = 0; o < t.channels; o++) for (let i = 0; i < t.inputs; i++) for (let p = 0; p < t.area; p++) {
    result[(p * t.inputs + i) * t.channels + o] = values[from++]!;
  }
  return result;
}

/** The reverse of toEngine. */
export function fromEngine(spec: TensorSpec, values: Float32Array): Float32Array {
  const t = transposition(spec);
  if (!t) return values;
  const result = new Float32Array(values.length);
  for (let o = 0, to = 0; o < t.channels; o++) for (let i = 0; i < t.inputs; i++) for (let p = 0; p < t.area; p++) {
    result[to++] = values[(p * t.inputs + i) * t.channels + o]!;
  }
  return result;
}

/**
 * Checks that weights fit a configuration: every tensor there, none too many, sizes right.
 * @throws UserError naming the first tensor that does not fit; `source` is what the message calls the weights.
 */
export function checkWeights(config: ExperimentConfig, weights: Weights, source: string): void {
  const specs = specification(config);
  const known = new Set(specs.map((spec) => spec.name));
  for (const name of weights.keys()) {
    if (!known.has(name)) throw new UserError(`${source}: there is no tensor "${name}" in this network; is it a file of another configuration?`);
  }
  for (const spec of specs) {
    const values = weights.get(spec.name);
    if (!values) throw new UserError(`${source}: the tensor "${spec.name}" is missing; is it a file of another configuration?`);
    if (values.length !== sizeOf(spec.shape)) throw new UserError(`${source}: "${spec.name}" has ${values.length} numbers, expected ${sizeOf(spec.shape)} (${spec.shape.join(' x ') || 'a scalar'})`);
  }
}
