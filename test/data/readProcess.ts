// A process of its own that reads a set of one's own, perhaps as another user: node --import tsx readProcess.ts JOB, where JOB is JSON.
// Prints one line of JSON. Paths are relative to the set.
import { join } from 'node:path';
import { readDataset } from '../../src/data/dataset.ts';
import { examine, type DoctorReport } from '../../src/data/doctor/doctor.ts';
import { createLoader, type BatchOptions } from '../../src/data/loader.ts';

/** `list`: its name below the root, where it is not looked for. */
export interface ReadJob { readonly root: string; readonly list?: string; readonly options: BatchOptions }

export interface ReadResult {
  /** The line that stops, '' where nothing does. */
  readonly read: string;
  /** Training clips left out under the policy 'skip'. */
  readonly skipped: readonly string[];
  /** What stops the test clips. */
  readonly loaded: string;
  /** What stops the doctor, '' where nothing does. */
  readonly refused: string;
  /** Examples of the doctor's findings by id. */
  readonly findings: Readonly<Record<string, readonly string[]>>;
}

async function readAll({ root: folder, list, options }: ReadJob): Promise<ReadResult> {
  const root = list === undefined ? folder : join(folder, list);
  const line = (error: unknown): string => (error as Error).message.replaceAll(`${folder}/`, '');
  const read = await readDataset({ name: 'csv', root, fold: 1 }).then(() => '', line);
  const dataset = await readDataset({ name: 'csv', root, fold: 1, onBadClip: 'skip' }).catch(() => undefined);
  let loaded = '';
  const loader = createLoader({ workers: 1 });
  try {
    for await (const { ids } of loader.batches(dataset?.test ?? [], options)) loaded ||= ids.length > 0 ? '' : 'an empty batch';
  } catch (error) { loaded = line(error); } finally { await loader.close(); }
  const { findings, refused = '' } = await examine({ root, workers: 1 }).catch((error: unknown) => ({ findings: [], refused: line(error) })) as { findings: DoctorReport['findings']; refused?: string };
  return { read, skipped: dataset?.skipped?.train.map(({ id }) => id) ?? [], loaded, refused, findings: Object.fromEntries(findings.map(({ id, examples }) => [id, examples])) };
}

console.log(JSON.stringify(await readAll(JSON.parse(process.argv[2]!) as ReadJob)));
