// Rows of a table by the true intensity of their clips: predictions in pairs with the reference row, and each clip's peak.
import { readIntensity } from '../data/sidecar.ts';
import { seenPeaks, type IntensityRun } from '../evaluate/intensity.ts';
import type { IntensityPair } from '../evaluate/intensityGain.ts';
import { readRunDataset } from '../runs/dataset.ts';
import { openRun, type Run } from '../runs/run.ts';
import { cellOf } from './figureData.ts';
import { identitiesOf } from './people.ts';
import type { ResultTable } from './tables.ts';

export interface IntensityRow {
  readonly label: string;
  /** At the folds and seeds that all rows have, so that rows differ in their runs alone and not in their clips. */
  readonly runs: readonly IntensityRun[];
  /** With the reference row's runs of the same fold and seed; of the reference itself none. */
  readonly pairs: readonly IntensityPair[];
}

export interface IntensityRows {
  readonly rows: readonly IntensityRow[];
  /** Person in a clip; undefined where the set does not tell. */
  readonly identities: ReadonlyMap<string, string> | undefined;
}

interface Opened extends IntensityRun { readonly run: Run }

/**
 * True peak of each test clip among the frames that the network saw, by clip id: from an archived run itself, else from its data where
 * these still lie at the recorded place. Undefined where nothing tells.
 */
export async function peaksOf({ record, readClips }: Run): Promise<ReadonlyMap<string, number> | undefined> {
  const clips = await readClips();
  if (clips) {
    const known = new Map([...clips.values()].flatMap(({ id, peak }): [string, number][] => (peak === undefined ? [] : [[id, peak]])));
    return known.size > 0 ? known : undefined;
  }
  const { root } = record.dataset;
  const frames = root === '' ? undefined : await readIntensity(root);
  return frames && seenPeaks((await readRunDataset(record)).test, frames, record.experiment);
}

/** The rows that were run on clips of known intensity. @param labels the reference among them @throws RangeError for a label that the table has not. */
export async function intensityRows(table: ResultTable, labels: readonly string[]): Promise<IntensityRows> {
  const opened = await Promise.all(labels.map(async (label) => ({ label, runs: (await Promise.all((cellOf(table, label)?.dirs ?? []).map(open))).flatMap((one) => one ?? []) })));
  const reference = opened.find(({ label }) => label === table.reference)?.runs ?? [];
  const there = opened.filter(({ runs }) => runs.length > 0), places = there.map(({ runs }) => new Set(runs.map(place)));
  const isCommon = (one: Opened): boolean => places.every((set) => set.has(place(one)));
  const rows = there.map(({ label, runs }) => ({ label, runs: runs.filter(isCommon), pairs: label === table.reference ? [] : pairUp(reference, runs) }));
  return { rows, identities: await identitiesOf(opened.flatMap(({ runs }) => runs)) };
}

async function open(dir: string): Promise<Opened | undefined> {
  const run = await openRun(dir);
  const peaks = await peaksOf(run);
  return peaks && { run, peaks, predictions: (await run.readPredictions()).predictions };
}

const place = ({ run: { record: { dataset, experiment } } }: Opened): string => `fold ${dataset.fold}, seed ${experiment.seed}`;

function pairUp(reference: readonly Opened[], runs: readonly Opened[]): IntensityPair[] {
  const byPlace = new Map(reference.map((one) => [place(one), one]));
  return runs.flatMap((one): IntensityPair[] => {
    const before = byPlace.get(place(one));
    return before ? [{ name: place(one), reference: before.predictions, other: one.predictions, peaks: before.peaks }] : [];
  });
}
