// How far the results of two ways of computing the same are apart.

const normOf = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/** As a share of the norm of `a`. */
export const apart = (a: Float32Array, b: Float32Array): number => normOf(a.map((value, i) => value - b[i]!)) / normOf(a);
