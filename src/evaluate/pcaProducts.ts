// Products of two sets of rows in plain typed arrays: what principal components, neighbours and trustworthiness cost.
import { throwIfInterrupted } from '../errors.ts';

/** Row-major, e.g. features: [rows, width]. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly width: number;
}

/** Multiplications between two looks at the event loop, some 100 ms. */
const CHUNK = 1.5e8;

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Share of the work that is done, 0 to 1. */
  readonly onShare?: (share: number) => void;
}

/** Lets a waiting Ctrl-C or a progress display have its turn. @throws Interrupted */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => { setImmediate(resolve); });
  throwIfInterrupted(signal);
}

/** Hands the inner products of some rows of `a` with all rows of `b` to `use`, block by block in order: [rows of the block, b.rows]. @throws Interrupted */
export async function rowProducts(a: Matrix, b: Matrix, use: (products: Float64Array, first: number, count: number) => void, { signal, onShare }: WorkOptions = {}): Promise<void> {
  const block = Math.max(4, Math.min(256, 4 * Math.floor(CHUNK / (4 * b.rows * b.width))));
  const products = new Float64Array(block * b.rows);
  for (let first = 0; first < a.rows; first += block) {
    const count = Math.min(block, a.rows - first);
    for (let i = 0; i < count; i += 4) fourRows(a, first + i, b, products, i * b.rows, Math.min(4, count - i));
    use(products, first, count);
    onShare?.((first + count) / a.rows);
    await breathe(signal);
  }
}

/** A B^T. a [n, width], b [m, width] -> [n, m] */
export async function multiply(a: Matrix, b: Matrix, options: WorkOptions = {}): Promise<Matrix> {
  const values = new Float32Array(a.rows * b.rows);
  await rowProducts(a, b, (products, first, count) => { values.set(products.subarray(0, count * b.rows), first * b.rows); }, options);
  return { values, rows: a.rows, width: b.rows };
}

/** [rows, width] -> [width, rows] */
export function transpose({ values, rows, width }: Matrix): Matrix {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) for (let d = 0; d < width; d++) result[d * rows + i] = values[i * width + d]!;
  return { values: result, rows: width, width: rows };
}

/** Sixteen sums at a time stay in registers; beyond the last row the last one is taken again and not kept. */
function fourRows(a: Matrix, row: number, b: Matrix, out: Float64Array, at: number, count: number): void {
  const tile = new Float64Array(16);
  for (let column = 0; column < b.rows; column += 4) {
    fillTile(a, row, b, column, tile);
    const columns = Math.min(4, b.rows - column);
    for (let i = 0; i < count; i++) for (let j = 0; j < columns; j++) out[at + i * b.rows + column + j] = tile[4 * i + j]!;
  }
}

function fillTile({ values: a, rows: aRows, width }: Matrix, row: number, { values: b, rows: bRows }: Matrix, column: number, tile: Float64Array): void {
  const a0 = row * width, a1 = Math.min(row + 1, aRows - 1) * width, a2 = Math.min(row + 2, aRows - 1) * width, a3 = Math.min(row + 3, aRows - 1) * width;
  const b0 = column * width, b1 = Math.min(column + 1, bRows - 1) * width, b2 = Math.min(column + 2, bRows - 1) * width, b3 = Math.min(column + 3, bRows - 1) * width;
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s20 = 0, s21 = 0, s22 = 0, s23 = 0, s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  for (let d = 0; d < width; d++) {
    const x = b[b0 + d]!, y = b[b1 + d]!, z = b[b2 + d]!, u = b[b3 + d]!;
    let p = a[a0 + d]!;
    s00 += p * x; s01 += p * y; s02 += p * z; s03 += p * u;
    p = a[a1 + d]!;
    s10 += p * x; s11 += p * y; s12 += p * z; s13 += p * u;
    p = a[a2 + d]!;
    s20 += p * x; s21 += p * y; s22 += p * z; s23 += p * u;
    p = a[a3 + d]!;
    s30 += p * x; s31 += p * y; s32 += p * z; s33 += p * u;
  }
  tile[0] = s00; tile[1] = s01; tile[2] = s02; tile[3] = s03; tile[4] = s10; tile[5] = s11; tile[6] = s12; tile[7] = s13;
  tile[8] = s20; tile[9] = s21; tile[10] = s22; tile[11] = s23; tile[12] = s30; tile[13] = s31; tile[14] = s32; tile[15] = s33;
}
