// A run's weights as safetensors under the authors' names: what safetensors.torch.load_file reads, and import takes back.
import { UserError } from '../errors.ts';
import { openRun } from '../runs/run.ts';
import { refuseNonFinite, writeSafetensors, type HostTensor } from '../runs/safetensors.ts';
import { fromHalf, toHalf } from '../runs/half.ts';
import type { RunRecord } from '../runs/types.ts';
import { selectedCheckpoint } from './evaluation.ts';

export interface ExportOptions {
  /** The run folder. */
  readonly dir: string;
  readonly out: string;
  /** Half precision: half the size, rounded. */
  readonly half?: boolean;
  readonly onWarning?: (line: string) => void;
}

export interface ExportReport {
  readonly run: string;
  readonly file: string;
  readonly epoch: number;
  readonly tensors: number;
  readonly dtype: 'F32' | 'F16';
  /** The largest change by rounding to half precision, and where. */
  readonly rounding?: { readonly largest: number; readonly tensor: string };
}

/** The checkpoint that the run's selection rule judges. @throws UserError */
export async function exportRun({ dir, out, half = false, onWarning }: ExportOptions): Promise<ExportReport> {
  if (/\.(?:pth?|ckpt|bin)$/i.test(out)) throw new UserError(`${out}: this writes safetensors, which PyTorch reads with safetensors.torch.load_file: choose a name in .safetensors`);
  const run = await openRun(dir);
  const { state, weights } = await selectedCheckpoint(run, onWarning);
  const written = half ? new Map([...weights].map(([name, tensor]) => [name, halved(tensor)])) : weights;
  if (half) refuseNonFinite(written, `${dir} in half precision`);
  await writeSafetensors(out, written, metadataOf(run.record, state.epoch));
  return { run: dir, file: out, epoch: state.epoch, tensors: written.size, dtype: half ? 'F16' : 'F32', ...half && { rounding: largestChange(weights, written) } };
}

/** Counters stay whole numbers. */
const halved = (tensor: HostTensor): HostTensor => (tensor.dtype === 'F32' ? { dtype: 'F16', shape: tensor.shape, data: fromHalf(toHalf(tensor.data as Float32Array)) } : tensor);

function largestChange(before: ReadonlyMap<string, HostTensor>, after: ReadonlyMap<string, HostTensor>): { largest: number; tensor: string } {
  let found = { largest: 0, tensor: '' };
  for (const [name, { data, dtype }] of before) {
    const rounded = after.get(name)!.data;
    if (dtype === 'F32') for (let i = 0; i < data.length; i++) {
      const change = Math.abs(Number(data[i]) - Number(rounded[i]));
      if (change > found.largest) found = { largest: change, tensor: name };
    }
  }
  return found;
}

/** What a run knows of itself that weights do not show; import reads it back. */
const metadataOf = ({ experiment, dataset, commit, importedFrom }: RunRecord, epoch: number): Record<string, string> => ({
  format: 'pt', experiment: JSON.stringify(experiment), epoch: String(epoch), labelNames: JSON.stringify(dataset.labelNames), isSynthetic: String(dataset.isSynthetic),
  dataset: dataset.name, fold: String(dataset.fold), fingerprint: dataset.fingerprint, ...dataset.scene !== undefined && { scene: dataset.scene }, ...commit !== null && { commit }, ...importedFrom && { importedFrom: `${importedFrom.file} ${importedFrom.sha256}` },
});
