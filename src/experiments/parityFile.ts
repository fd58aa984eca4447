// What a parity file holds, and reading one.
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import type { Summary } from './comparison.ts';

export interface ParityStep {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly auxLayer2: number;
  readonly intensityAware: number;
  readonly logits: number[][];
  readonly gradients?: Record<string, Summary>;
  readonly parametersAfter?: Record<string, Summary>;
  readonly buffersAfter?: Record<string, Summary>;
}

export interface ParityFile {
  readonly salt: string;
  readonly batch: number;
  readonly labels: number[];
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly lambda: number;
  readonly auxWeight: number;
  readonly eval: { readonly logits: number[][]; readonly auxLayer2?: number[][]; readonly auxLayer3?: number[][] };
  readonly trainForward: { readonly logits: number[][]; readonly features: Summary; readonly activations: Record<string, Summary> };
  readonly steps: readonly ParityStep[];
  readonly evalAfter3?: { readonly logits: number[][] } | number[][];
}

/** @throws UserError when the file is no parity file. */
export async function readParityFile(path: string): Promise<ParityFile> {
  let file: ParityFile;
  try {
    file = JSON.parse(await readFile(path, 'utf8')) as ParityFile;
  } catch (error) {
    throw new UserError(`${path}: expected a parity file in JSON (${(error as Error).message})`);
  }
  for (const key of ['salt', 'batch', 'labels', 'lr', 'momentum', 'weightDecay', 'lambda', 'auxWeight', 'eval', 'trainForward', 'steps'] as const) {
    if (file[key] === undefined) throw new UserError(`${path}: expected a parity file, "${key}" is missing`);
  }
  const first = file.steps[0];
  for (const key of ['gradients', 'parametersAfter', 'buffersAfter'] as const) if (!first?.[key]) throw new UserError(`${path}: expected a parity file, its first step lacks "${key}"`);
  for (const key of ['features', 'activations'] as const) if (!file.trainForward[key]) throw new UserError(`${path}: expected a parity file, trainForward lacks "${key}"`);
  if (file.labels.length !== file.batch) throw new UserError(`${path}: expected ${file.batch} labels, found ${file.labels.length}`);
  return file;
}
