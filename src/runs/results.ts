// predictions.json, features.safetensors and evaluation.json of a run folder.
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { readBytes } from '../files/failure.ts';
import { encodeJson, parseJson, readJson } from '../files/json.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { Evaluation, Features, Prediction, Predictions, Split } from './types.ts';

/** One clip a line, so that committed predictions can be compared. @throws UserError for logits that are not finite. */
export async function writePredictions(dir: string, { predictions, ...head }: Predictions): Promise<void> {
  const file = join(dir, 'predictions.json');
  const rows = predictions.map(({ id, label, logits }) => encodeJson({ id, label, logits: logits.map(shortest) }, file));
  await writeFileAtomic(file, `${encodeJson(head, file).slice(0, -1)},"predictions":[\n${rows.join(',\n')}\n]}\n`);
}

/** The shortest decimal that is the same float32; a number that is not a float32 is kept. */
function shortest(value: number): number {
  for (const digits of [7, 8, 9]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** @throws UserError naming file and clip. */
export async function readPredictions(dir: string): Promise<Predictions> {
  const file = join(dir, 'predictions.json');
  const value = (await readJson(file)) as Partial<Predictions> | null;
  const classes = value?.labelNames?.length;
  if (typeof value !== 'object' || value === null || classes === undefined || !Array.isArray(value.predictions)) {
    throw new UserError(`${file}: expected split, epoch, labelNames and predictions`);
  }
  const predictions = value.predictions.map((row: unknown, i) => checkPrediction(row, classes, `${file}: predictions[${i}]`));
  return { ...(value as Predictions), predictions };
}

function checkPrediction(row: unknown, classes: number, where: string): Prediction {
  const { id, label, logits } = (typeof row === 'object' && row !== null ? row : {}) as Record<string, unknown>;
  if (typeof id !== 'string') throw new UserError(`${where}: expected an id, found ${JSON.stringify(id) ?? 'none'}`);
  if (!Number.isInteger(label) || (label as number) < 0 || (label as number) >= classes) throw new UserError(`${where}: expected a label of 0 to ${classes - 1}, found ${JSON.stringify(label) ?? 'none'}`);
  if (!Array.isArray(logits) || logits.length !== classes || !logits.every(Number.isFinite)) {
    throw new UserError(`${where}: expected ${classes} logits, found ${JSON.stringify(logits) ?? 'none'}`);
  }
  // float32, as the network gave them: the file holds their shortest decimals
  return { id, label: label as number, logits: logits.map((logit: number) => Math.fround(logit)) };
}

/** @throws UserError for features that are not finite; Error where ids, labels and values disagree in length. */
export async function writeFeatures(dir: string, { split, epoch, ids, labels, values, width }: Features): Promise<void> {
  const file = join(dir, 'features.safetensors');
  if (labels.length !== ids.length || values.length !== ids.length * width) throw new Error(`${file}: ${ids.length} ids, ${labels.length} labels, ${values.length} values of width ${width}`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new UserError(`${file}: the features of clip "${ids[Math.floor(at / width)]}" hold ${values[at]}; expected finite numbers`);
  const tensors = new Map([
    ['features', { dtype: 'F32', shape: [ids.length, width], data: values }],
    ['labels', { dtype: 'I32', shape: [ids.length], data: labels }],
  ] as const);
  await writeFileAtomic(file, encodeSafetensors(tensors, { split, epoch: String(epoch), ids: JSON.stringify(ids) }));
}

/** @throws UserError naming the file. */
export async function readFeatures(dir: string): Promise<Features> {
  const file = join(dir, 'features.safetensors');
  const { tensors, metadata } = parseSafetensors(await readBytes(file), file);
  const features = tensors.get('features');
  const labels = tensors.get('labels');
  const ids = parseJson(metadata['ids'] ?? 'null', `${file}: ids`) as string[] | null;
  if (features?.dtype !== 'F32' || features.shape.length !== 2 || labels?.dtype !== 'I32' || !Array.isArray(ids) || ids.length !== features.shape[0] || labels.data.length !== ids.length) {
    throw new UserError(`${file}: expected features [clips, width], labels [clips] and as many ids`);
  }
  return {
    split: metadata['split'] as Split, epoch: Number(metadata['epoch']), ids,
    labels: labels.data as Int32Array, values: features.data as Float32Array, width: features.shape[1]!,
  };
}

/** @throws UserError for a number that is not finite, naming it. */
export async function writeEvaluation(dir: string, evaluation: Evaluation): Promise<void> {
  const file = join(dir, 'evaluation.json');
  await writeFileAtomic(file, `${encodeJson(evaluation, file, 2)}\n`);
}

/** @throws UserError naming the file. */
export async function readEvaluation(dir: string): Promise<Evaluation> {
  const file = join(dir, 'evaluation.json');
  const value = (await readJson(file)) as Partial<Evaluation> | null;
  if (!Array.isArray(value?.labelNames) || !isMetrics(value.metrics, value.labelNames.length)) {
    throw new UserError(`${file}: expected an evaluation with labelNames and metrics: uar and war of 0 to 1, and for each class recall, counts and a row of confusion; evaluate the run again (ial evaluate)`);
  }
  return value as Evaluation;
}

function isMetrics(value: Partial<Evaluation['metrics']> | undefined, classes: number): boolean {
  const isShare = (number: unknown): boolean => typeof number === 'number' && number >= 0 && number <= 1;
  const isRow = (row: unknown): boolean => Array.isArray(row) && row.length === classes;
  return isShare(value?.uar) && isShare(value?.war) && isRow(value?.recall) && isRow(value?.counts) && isRow(value?.confusion) && value!.confusion!.every(isRow);
}
