// The formula from which a parity file's weights and images are made, so that the file need hold results only.
import type { TensorSpec } from '../model/specification.ts';
import { sizeOf } from '../model/specification.ts';

/** 32-bit FNV-1a of the key's bytes. */
export function fnv1a(key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The i-th number in [0, 1) of a key, with 24 bits. */
export function unit(hash: number, i: number): number {
  let x = (Math.imul(i, 0x9e3779b9) + hash) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 8) / 16777216;
}

const isPlain = (name: string): boolean =>
  /^s_former\.(pos_embedding|pos_embedding_pos|bias)$/.test(name) || /\.bias[12]$/.test(name);

/** How far v in [-1, 1) is stretched and shifted for a tensor of this name and shape. */
function law({ name, shape }: TensorSpec): (v: number) => number {
  if (name.endsWith('running_mean') || name.endsWith('num_batches_tracked')) return () => 0;
  if (name.endsWith('running_var')) return () => 1;
  if (isPlain(name)) return (v) => v;
  if (shape.length === 4) { const bound = Math.sqrt(6 / (shape[0]! * shape[2]! * shape[3]!)); return (v) => v * bound; }
  if (shape.length === 2) { const scale = Math.sqrt(shape[1]!); return (v) => v / scale; }
  return name.endsWith('.weight') ? (v) => 1 + 0.1 * v : (v) => 0.1 * v;
}

/** A tensor's numbers in PyTorch's layout. */
export function formulaTensor(salt: string, spec: TensorSpec): Float32Array {
  const hash = fnv1a(`${salt}/${spec.name}`), shape = law(spec);
  return Float32Array.from({ length: sizeOf(spec.shape) }, (_, i) => shape(2 * unit(hash, i) - 1));
}

/** Images [batch, frames, 3, size, size] of the formula, brought to channels last: [batch, frames, size, size, 3]. */
export function formulaImages(salt: string, batch: number, frames: number, size: number): Float32Array {
  const hash = fnv1a(`${salt}/images`), area = size * size;
  const images = new Float32Array(batch * frames * area * 3);
  for (let frame = 0; frame < batch * frames; frame++) {
    for (let channel = 0; channel < 3; channel++) {
      for (let p = 0; p < area; p++) images[(frame * area + p) * 3 + channel] = unit(hash, (frame * 3 + channel) * area + p);
    }
  }
  return images;
}
