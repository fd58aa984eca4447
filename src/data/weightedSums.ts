// The inner loop of the resize as WebAssembly, four bytes at a time with SIMD: integer arithmetic, so it gives the same bytes as any
// other way of adding, in a fifth of the time that JavaScript took. Forty instructions, written here rather than compiled
// elsewhere, so that nothing has to be built and nothing binary is committed.

/**
 * `count` times: four bytes at `to` become (half + sum over t of weight[t] * the four bytes at `from + t * step`) >> 22, then `from` and
 * `to` move on. Weights are 32-bit integers at `weights`.
 */
export type WeightedSums = (from: number, weights: number, to: number, count: number, fromStride: number, toStride: number) => void;

/** Bits after the point of the weights. */
export const PRECISION = 22;

/** Bytes beyond its last one that a sum may read or write. */
export const MARGIN = 16;

const memory = new WebAssembly.Memory({ initial: 16 });
const PAGE = 65_536;

/** The memory that the sums work on, of at least so many bytes. What it held may be gone. */
export function sumMemory(bytes: number): Uint8Array {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return new Uint8Array(memory.buffer);
}

const kernels = new Map<string, WeightedSums>();

/** The loop for a number of weights and a distance between the bytes they are for; few pairs occur, each is made once. */
export function weightedSums(taps: number, step: number): WeightedSums {
  const key = `${taps} ${step}`;
  let found = kernels.get(key);
  if (!found) {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(taps, step)), { host: { memory } });
    kernels.set(key, (found = exports['sums'] as WeightedSums));
  }
  return found;
}

type Code = readonly number[];

/** LEB128, as WebAssembly writes numbers. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const text = (name: string): Code => [name.length, ...new TextEncoder().encode(name)];
const section = (id: number, ...parts: readonly Code[]): Code => [id, ...unsigned(parts.flat().length), ...parts.flat()];

// the instructions used, by their names in the specification
const I32 = 0x7f, V128 = 0x7b, VOID = 0x40;
const localGet = (index: number): Code => [0x20, ...unsigned(index)];
const localSet = (index: number): Code => [0x21, ...unsigned(index)];
const localTee = (index: number): Code => [0x22, ...unsigned(index)];
const i32Const = (value: number): Code => [0x41, ...signed(value)];
const i32Add: Code = [0x6a];
const simd = (opcode: number, ...immediate: number[]): Code => [0xfd, ...unsigned(opcode), ...immediate];
const memoryAt = (offset: number): number[] => [0, ...unsigned(offset)]; // no alignment is promised
const load32Splat = (offset: number): Code => simd(0x09, ...memoryAt(offset));
const load32Zero = (offset: number): Code => simd(0x5c, ...memoryAt(offset));
const store32Lane0 = simd(0x5a, ...memoryAt(0), 0);
const i32x4Splat = simd(0x11), i32x4Mul = simd(0xb5), i32x4Add = simd(0xae), i32x4ShrU = simd(0xad);
const bytesToI32x4: Code = [...simd(0x89), ...simd(0xa9)]; // i16x8.extend_low_i8x16_u, i32x4.extend_low_i16x8_u
const narrowToI16x8 = simd(0x86), narrowToI8x16 = simd(0x66);

/** A module that imports host.memory and exports `sums`. */
function assemble(taps: number, step: number): Uint8Array<ArrayBuffer> {
  const body = loopBody(taps, step);
  const locals = [1, ...unsigned(taps + 1), V128]; // the weights, four copies each, and the sum
  const code = [...locals, ...body, 0x0b];
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 6, I32, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1], text('host'), text('memory'), [2, 0, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1], text('sums'), [0, 0]),
    ...section(10, [1], unsigned(code.length), code),
  ]);
}

function loopBody(taps: number, step: number): Code {
  const [from, weights, to, count, fromStride, toStride, first] = [0, 1, 2, 3, 4, 5, 6];
  const sum = first + taps;
  const each = (of: (t: number) => Code): Code => Array.from({ length: taps }, (_, t) => of(t)).flat();
  const advance = (pointer: number, by: Code): Code => [...localGet(pointer), ...by, ...i32Add, ...localSet(pointer)];
  const twice = [...localTee(sum), ...localGet(sum)]; // narrowing takes two vectors; only the first counts
  return [
    ...each((t) => [...localGet(weights), ...load32Splat(4 * t), ...localSet(first + t)]),
    0x03, VOID, // loop
    ...localGet(to),
    ...i32Const(1 << (PRECISION - 1)), ...i32x4Splat,
    ...each((t) => [...localGet(from), ...load32Zero(t * step), ...bytesToI32x4, ...localGet(first + t), ...i32x4Mul, ...i32x4Add]),
    ...i32Const(PRECISION), ...i32x4ShrU, ...twice, ...narrowToI16x8, ...twice, ...narrowToI8x16, ...store32Lane0,
    ...advance(from, localGet(fromStride)), ...advance(to, localGet(toStride)),
    ...localGet(count), ...i32Const(-1), ...i32Add, ...localTee(count),
    0x0d, 0, 0x0b, // br_if to the loop's head, end
  ];
}
