// The clips that finished runs were tested on, for showing: from their folder, or rendered anew where they are a benchmark's.
import { readIntensity } from '../data/sidecar.ts';
import { syntheticBenchmark } from '../data/synthetic/benchmark.ts';
import { UserError } from '../errors.ts';
import { readRunDataset } from '../runs/dataset.ts';
import { openRun, type Run } from '../runs/run.ts';
import { benchmarkAt } from './benchmarks.ts';

export interface ShownClip {
  /** All frames in the order of time: paths, or the images themselves. */
  readonly frames: readonly (string | Buffer)[];
  /** Of every frame, 0 to 1; undefined where the set does not tell. */
  readonly intensity: readonly number[] | undefined;
}

export interface RunClips {
  /** Rendered by this project: may be shown and given away. */
  readonly isSynthetic: boolean;
  /** @throws UserError for a clip that none of the runs was tested on. */
  readonly show: (id: string) => Promise<ShownClip>;
}

/** Label of a tested clip and fingerprint of the fold or scene that has it, as its run knew them. */
interface Tested { readonly label: number; readonly fingerprint: string }

/**
 * @param dirs run folders on one set, e.g. those of a table's cell
 * @param data folder of the clips; '' renders those of a benchmark
 * @throws UserError where there are no clips, or others than the runs'.
 */
export async function clipsOfRuns(dirs: readonly string[], data = ''): Promise<RunClips> {
  const runs = await Promise.all(dirs.map(openRun)), [first] = runs;
  if (!first) throw new UserError('there are no runs whose clips could be shown');
  const tested = await testedClips(runs);
  const wanted = (id: string): Tested => tested.get(id) ?? (() => { throw new UserError(`none of the runs was tested on a clip "${id}"`); })();
  return data === '' ? rendered(first, wanted) : fromFolder(runs, data, wanted);
}

async function testedClips(runs: readonly Run[]): Promise<Map<string, Tested>> {
  const lists = await Promise.all(runs.map(async (run) => (await run.readPredictions()).predictions.map(({ id, label }) => [id, { label, fingerprint: run.record.dataset.fingerprint }] as const)));
  return new Map(lists.flat());
}

function rendered({ record: { dataset: { root } } }: Run, wanted: (id: string) => Tested): RunClips {
  const benchmark = benchmarkAt(root);
  if (!benchmark) throw new UserError('clips of a licensed set, or of a benchmark of one\'s own, are not part of a run: name their folder as data');
  const drawn = syntheticBenchmark(benchmark.options);
  return {
    isSynthetic: true,
    async show(id) {
      const { label } = wanted(id), clip = drawn.describe(id);
      if (clip.label !== label) throw new UserError(`clip "${id}": the run knew label ${label}, today's benchmark has ${clip.label}; only the version that made the run's clips can draw them`);
      return { frames: await drawn.render(id), intensity: clip.intensity };
    },
  };
}

async function fromFolder(runs: readonly Run[], data: string, wanted: (id: string) => Tested): Promise<RunClips> {
  const folds = new Map<string, ReadonlyMap<string, readonly string[]>>();
  let isSynthetic = true;
  for (const { dir, record } of runs) {
    const { fingerprint } = record.dataset;
    if (folds.has(fingerprint)) continue;
    const found = await readRunDataset(record, { data });
    if (found.fingerprint !== fingerprint) throw new UserError(`${data}: expected the clips that ${dir} was tested on (fingerprint ${fingerprint.slice(0, 12)}), found others (${found.fingerprint.slice(0, 12)})`);
    isSynthetic &&= found.isSynthetic;
    folds.set(fingerprint, new Map(found.test.map(({ id, frames }) => [id, frames])));
  }
  const intensity = await readIntensity(data);
  return { isSynthetic, show: async (id) => ({ frames: folds.get(wanted(id).fingerprint)!.get(id)!, intensity: intensity?.get(id) }) };
}
