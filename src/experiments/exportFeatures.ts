// The features of a run's evaluated clips in a file for other tools.
import { extname } from 'node:path';
import { UserError } from '../errors.ts';
import { argmax } from '../evaluate/metrics.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { openRun } from '../runs/run.ts';
import { encodeSafetensors } from '../runs/safetensors.ts';
import type { Features, Predictions } from '../runs/types.ts';

export interface FeaturesReport { readonly run: string; readonly file: string; readonly split: string; readonly epoch: number; readonly clips: number; readonly width: number }

type Encoder = (features: Features, predictions: Predictions) => string | Uint8Array;

/** By the ending of the file's name. */
const ENCODERS: Readonly<Record<string, Encoder>> = { '.safetensors': safetensors, '.csv': (...of) => lines(...of, ','), '.tsv': (...of) => lines(...of, '\t') };

/** @throws UserError for a run that has not been evaluated, or another ending than .safetensors, .csv, .tsv. */
export async function exportFeatures(dir: string, out: string): Promise<FeaturesReport> {
  const encode = encoderOf(out), run = await openRun(dir);
  const [features, predictions] = await Promise.all([run.readFeatures(), run.readPredictions()]);
  const { split, epoch, ids, width } = features;
  if (predictions.predictions.length !== ids.length || predictions.predictions.some(({ id }, i) => id !== ids[i])) throw new UserError(`${dir}: features.safetensors and predictions.json are not of the same clips: evaluate it again`);
  await writeFileAtomic(out, encode(features, predictions));
  return { run: dir, file: out, split, epoch, clips: ids.length, width };
}

/** Said before anything is computed. @throws UserError */
export function encoderOf(out: string): Encoder {
  const encoder = ENCODERS[extname(out).toLowerCase()];
  if (!encoder) throw new UserError(`${out}: expected a name in ${Object.keys(ENCODERS).join(', ')}`);
  return encoder;
}

function safetensors({ ids, labels, values, width, split, epoch }: Features, { predictions, labelNames }: Predictions): Uint8Array {
  const logits = Float32Array.from(predictions.flatMap((prediction) => prediction.logits));
  return encodeSafetensors(new Map([
    ['features', { dtype: 'F32', shape: [ids.length, width], data: values }],
    ['logits', { dtype: 'F32', shape: [ids.length, labelNames.length], data: logits }],
    ['labels', { dtype: 'I32', shape: [ids.length], data: labels }],
  ] as const), { split, epoch: String(epoch), ids: JSON.stringify(ids), labelNames: JSON.stringify(labelNames) });
}

/** A head, then a clip a line: id, label, predicted label, numbers in the shortest decimals that are the same float32. */
function lines({ ids, labels, values, width }: Features, { predictions, labelNames }: Predictions, separator: string): string {
  const cell = (text: string): string => (/[",\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ['clip', 'label', 'predicted', ...Array.from({ length: width }, (_, i) => `f${i}`)];
  const rows = ids.map((id, i) => {
    const best = argmax(predictions[i]!.logits);
    return [id, labelNames[labels[i]!]!, labelNames[best]!].map(cell).concat(Array.from(values.subarray(i * width, (i + 1) * width), shortest)).join(separator);
  });
  return `${[head.join(separator), ...rows].join('\n')}\n`;
}

function shortest(value: number): string {
  for (const digits of [6, 7, 8]) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
