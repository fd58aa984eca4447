// Stateless randomness: a generator is a function of its key, e.g. random(seed, 'augment', epoch, clip.id).
// Nothing needs to be saved to resume a run, and adding a draw in one place changes no other place.
// Generator: sfc32 (C. Doty-Humphrey, PractRand). Math.pow and ** are avoided: their last bits differ between Node majors.

export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  uniform(low: number, high: number): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  normal(mean?: number, deviation?: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(list: readonly T[]): T[];
}

const TAU = 6.283185307179586;

function hash(text: string): () => number {
  let h = 1779033703 ^ text.length;
  for (let i = 0; i < text.length; i++) {
    h = Math.imul(h ^ text.charCodeAt(i), 3432918353);
    h = (h << 13) | (h >>> 19);
  }
  return () => {
    h = Math.imul(h ^ (h >>> 16), 2246822507);
    h = Math.imul(h ^ (h >>> 13), 3266489909);
    return (h ^= h >>> 16) >>> 0;
  };
}

function sfc32(a: number, b: number, c: number, d: number): () => number {
  return () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
}

/** A generator that depends on nothing but its key. */
export function random(...key: readonly (string | number)[]): Random {
  const seed = hash(key.join('|'));
  const next = sfc32(seed(), seed(), seed(), seed());
  for (let i = 0; i < 12; i++) next();
  const integer = (n: number): number => Math.floor(next() * n);
  return {
    next,
    integer,
    uniform: (low, high) => low + (high - low) * next(),
    normal: (mean = 0, deviation = 1) => mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(TAU * next()),
    chance: (probability) => next() < probability,
    pick: (list) => list[integer(list.length)]!,
    shuffle(list) {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
  };
}
