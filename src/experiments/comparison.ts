// Numbers of ours beside numbers of a reference, their relative errors, and the bounds they must keep.

/** A tensor of the reference, summarised. */
export interface Summary {
  readonly shape: readonly number[];
  /** Euclidean norm. */
  readonly norm: number;
  readonly sum: number;
  /** Numbers at 0, stride, 2 * stride, ... of the row-major tensor. */
  readonly stride: number;
  readonly samples: readonly number[];
}

/** Of what a summarised tensor is: batch norm's running statistics are buffers. */
export type SummaryKind = 'activation' | 'gradient' | 'parameter' | 'buffer';

/**
 * Largest relative errors |a - b| / max |b| allowed in float32 against a float64 reference. One ReLU or max-pool decision
 * that flips in float32 costs up to 1e-2 in a gradient, hence the wider bounds on single numbers: three steps of such
 * gradients move a single weight of the first convolution by 4e-4 of the largest, with every implementation tried.
 */
export const TOLERANCES = {
  exact: 1e-5, activation: 1e-5, trained: 1e-3,
  gradientNormMedian: 1e-3, gradientNorm: 1e-2, gradientSample: 3e-2,
  parameter: 1e-4, parameterSample: 1e-3, buffer: 1e-3,
} as const;

export interface ParityReport {
  readonly passed: boolean;
  /** Worst relative error of each kind of number, the bound, and where it is. */
  readonly worst: Readonly<Record<keyof typeof TOLERANCES, { readonly error: number; readonly tolerance: number; readonly at: string }>>;
  /** Numbers compared. */
  readonly compared: number;
  /** One line for each thing that is wrong. */
  readonly failures: readonly string[];
}

interface Finding { readonly error: number; readonly at: string }

const largest = (values: ArrayLike<number>): number => {
  let result = 0;
  for (let i = 0; i < values.length; i++) result = Math.max(result, Math.abs(values[i]!));
  return result;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

/** |a - b| / max |b|; a difference from a reference of zeros counts absolutely; NaN counts as infinite. */
function relativeError(ours: ArrayLike<number>, reference: readonly number[], scale = largest(reference) || 1): number {
  let worst = 0;
  for (let i = 0; i < reference.length; i++) {
    const error = Math.abs(ours[i]! - reference[i]!) / scale;
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}

function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

const total = (values: Float32Array): number => { let sum = 0; for (const value of values) sum += value; return sum; };

export class Comparison {
  private readonly findings = new Map<keyof typeof TOLERANCES, Finding[]>();
  private readonly failures: string[] = [];
  private compared = 0;

  private add(kind: keyof typeof TOLERANCES, error: number, at: string): void {
    this.findings.set(kind, [...this.findings.get(kind) ?? [], { error, at }]);
  }

  /** All numbers of a small tensor. */
  numbers(kind: 'exact' | 'trained', at: string, ours: ArrayLike<number>, reference: readonly number[]): void {
    this.compared += reference.length;
    if (ours.length !== reference.length) { this.failures.push(`${at}: ${reference.length} numbers in the file, ${ours.length} here`); return; }
    this.add(kind, relativeError(ours, reference), at);
  }

  /** Many summarised tensors: the names must be the same on both sides. */
  summaries(kind: SummaryKind, at: string, ours: ReadonlyMap<string, Float32Array>, shapes: ReadonlyMap<string, readonly number[]>, reference: Readonly<Record<string, Summary>>): void {
    for (const name of ours.keys()) if (!Object.hasOwn(reference, name)) this.failures.push(`${at}: "${name}" is missing in the file`);
    for (const [name, summary] of Object.entries(reference)) {
      const values = ours.get(name);
      if (!values) this.failures.push(`${at}: "${name}" is in the file and not in the network`);
      else if (String(summary.shape) !== String(shapes.get(name))) this.failures.push(`${at}: "${name}" is ${summary.shape.join(' x ')} in the file, ${shapes.get(name)!.join(' x ')} here`);
      else this.summary(kind, `${at}.${name}`, values, summary);
    }
  }

  private summary(kind: SummaryKind, at: string, values: Float32Array, reference: Summary): void {
    const samples = reference.samples.map((_, i) => values[i * reference.stride]!);
    // the largest number of the whole tensor: the file keeps only its samples, so ours stands in, never above the file's norm
    const scale = Math.min(largest(values), reference.norm) || 1;
    const meanError = Math.abs(total(values) - reference.sum) / values.length / scale;
    this.compared += 2 + samples.length;
    const normError = relativeError([norm(values)], [reference.norm]);
    const sampleError = Math.max(relativeError(samples, reference.samples, scale), meanError);
    if (kind === 'gradient') {
      this.add('gradientNorm', normError, `${at} (norm)`);
      this.add('gradientSample', sampleError, `${at} (samples, mean)`);
    } else if (kind === 'parameter') {
      this.add('parameter', relativeError([norm(values), ...samples], [reference.norm, ...reference.samples]), `${at} (norm, samples)`);
      this.add('parameterSample', sampleError, `${at} (samples, mean)`);
    } else this.add(kind, Math.max(normError, sampleError), at);
  }

  report(): ParityReport {
    const norms = this.findings.get('gradientNorm') ?? [];
    if (norms.length > 0) this.findings.set('gradientNormMedian', [{ error: median(norms.map((finding) => finding.error)), at: `median of ${norms.length} tensors` }]);
    const failures = [...this.failures];
    const worst = Object.fromEntries(Object.entries(TOLERANCES).map(([kind, tolerance]) => {
      const all = this.findings.get(kind as keyof typeof TOLERANCES) ?? [];
      for (const { error, at } of all) if (!(error <= tolerance)) failures.push(`${at}: relative error ${error.toExponential(2)}, at most ${tolerance} allowed`);
      const { error, at } = all.reduce((a, b) => b.error > a.error ? b : a, { error: 0, at: 'nothing compared' });
      return [kind, { error, tolerance, at }];
    })) as unknown as ParityReport['worst'];
    return { passed: failures.length === 0, worst, compared: this.compared, failures };
  }
}
