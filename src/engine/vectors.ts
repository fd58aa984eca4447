// What the kernels of this project's own ask of sizes.

/** Channels of a vector of the widest processor. */
const VECTOR = 16;

/** Whether all of these sizes are whole vectors. */
export const isWhole = (...sizes: readonly number[]): boolean => sizes.every((size) => size % VECTOR === 0);
