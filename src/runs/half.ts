// IEEE half precision (F16) and bfloat16 (BF16) held as 16-bit patterns: JavaScript has no array of either before Node 24.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The float32 values of half-precision bit patterns; every value is exact. [n] -> [n] */
export function fromHalf(patterns: Uint16Array): Float32Array {
  return Float32Array.from(patterns, (h) => {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >>> 10) & 31;
    const fraction = h & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

/** Bit patterns of the nearest half-precision values, ties to even; beyond 65504 becomes infinity. [n] -> [n] */
export function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
    const size = Math.abs(value);
    if (Number.isNaN(size)) return 0x7e00;
    // below 2^-14 halves are multiples of 2^-24; above, of 2^(exponent - 10)
    const exponent = Math.max(-14, Math.min(16, size > 0 ? exponentOf(size) : -14));
    const steps = roundToEven(size / 2 ** (exponent - 10));
    const pattern = ((exponent + 14) << 10) + steps;
    return sign | Math.min(0x7c00, pattern);
  });
}

/** The float32 values of bfloat16 bit patterns; every value is exact. [n] -> [n] */
export function fromBfloat(patterns: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(patterns, (b) => b << 16).buffer);
}

/** Bit patterns of the nearest bfloat16 values, ties to even. [n] -> [n] */
export function toBfloat(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    if (Number.isNaN(value)) return 0x7fc0;
    float[0] = value;
    const pattern = bits[0]!;
    return (pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16;
  });
}

function exponentOf(size: number): number {
  float[0] = size;
  return ((bits[0]! >>> 23) & 255) - 127;
}

function roundToEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}
