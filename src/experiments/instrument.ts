// Is the benchmark an instrument? Networks that see all, shuffled or single frames, a linear probe, and an oracle on the true action
// units; and whether recall rises with intensity. It judges the benchmark by the baseline alone: no run here uses GCA or the
// intensity-aware loss, so nothing of them can have been tuned for.
import { VARIANTS, type ExperimentConfig } from '../config.ts';
import type { Clip, Dataset, Progress } from '../data/clip.ts';
import { createLoader } from '../data/loader.ts';
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import { ORACLE_VIEWS, runOracle, type OracleResult } from '../data/synthetic/oracle.ts';
import type { SyntheticParameters } from '../data/synthetic/plan.ts';
import { readTransitions } from '../data/synthetic/transitions.ts';
import { UserError } from '../errors.ts';
import { seenPeaks } from '../evaluate/intensity.ts';
import { argmax, confusionMatrix, uar } from '../evaluate/metrics.ts';
import { linearProbe } from '../evaluate/probe.ts';
import { bootstrap, pairedDifference, type PairedDifference } from '../evaluate/statistics.ts';
import { recallTrend, type TrendReport } from '../evaluate/trend.ts';
import type { Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';

/** The networks of the check, by what they see of a clip. */
export const VIEWS = ['ordered', 'shuffled', 'middle'] as const;
export type View = (typeof VIEWS)[number];

/** Folder of the network that sees so: the same for the same benchmark, preset and seed. */
export const viewRunName = (view: View, preset: string, digest: string, seed: number): string => `instrument-${preset}-${view}-${digest.slice(0, 8)}-seed${seed}`;

/** The baseline; on shuffled frames; and on the middle frame alone, without the parts that compare frames. Each is trained and tested so. */
export function viewConfig(view: View, base: ExperimentConfig): ExperimentConfig {
  const baseline = { ...base, ...VARIANTS.baseline, selection: 'last' } as const;
  if (view === 'shuffled') return { ...baseline, sampling: 'shuffled' };
  return view === 'middle' ? { ...baseline, sampling: 'middle', numSegments: 1, framesPerSegment: 1, fusion: false } : baseline;
}

export interface Requirement {
  readonly what: string;
  readonly asked: string;
  readonly found: string;
  readonly isMet: boolean;
}

export interface InstrumentReport {
  readonly clips: number;
  readonly preset: string;
  readonly seed: number;
  readonly generatorVersion: number;
  /** What the benchmark was rendered from: syntheticBenchmark knows its clips by it. */
  readonly parameters: SyntheticParameters;
  /** SHA-256 over the benchmark's hashes. */
  readonly digest: string;
  readonly fingerprint: string;
  readonly labelNames: readonly string[];
  /** UAR by what the network saw, intervals of 95 % resampling people. */
  readonly uar: Readonly<Record<View | 'mean pixels', Interval>>;
  /** UAR of ordered minus the control's, on the same clips. */
  readonly lead: Readonly<Record<Exclude<View, 'ordered'>, PairedDifference>>;
  /** Of the ordered network. */
  readonly transitions: { readonly clips: number; readonly recall: number; readonly recallOnOthers: number };
  readonly trend: { readonly overall: TrendReport['overall']; readonly perClass: Readonly<Record<string, TrendReport['overall']>> };
  readonly oracle: readonly OracleResult[];
  readonly requirements: readonly Requirement[];
}

export interface InstrumentOptions {
  readonly dataset: Dataset;
  readonly config: ExperimentConfig;
  readonly predictions: Readonly<Record<View, readonly Prediction[]>>;
  /** From synthetic.json. */
  readonly benchmark: { readonly parameters: SyntheticParameters; readonly digest: string };
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Rank correlation that a trend must reach, points of UAR that a control must lose, the probe's and the network's bounds. */
const ASKED = { correlation: 0.8, lead: 0.05, probe: 0.35, uar: [0.45, 0.85] } as const;
const BINS = 8;

/** @throws UserError for a folder without intensity.csv, identities.csv or clips.csv. */
export async function instrumentReport({ dataset, config, predictions, benchmark, onProgress, signal }: InstrumentOptions): Promise<InstrumentReport> {
  const { root, labelNames, test } = dataset;
  const [intensity, identities, moving] = await Promise.all([readIntensity(root), readIdentities(root), readTransitions(root)]);
  if (!intensity || !identities) throw new UserError(`${root}: expected intensity.csv and identities.csv, found ${intensity ? 'no identities.csv' : 'no intensity.csv'}; render a benchmark with "ial synth"`);
  const clusterOf = (id: string): string => identities.get(id) ?? id;
  const options = { seed: config.seed, resamples: 1000, clusterOf };
  const uarOf = (rows: readonly Prediction[]): number => uar(confusionMatrix(rows.map(({ label }) => label), rows.map(({ logits }) => argmax(logits)), labelNames.length));
  const interval = (rows: readonly Prediction[]): Interval => bootstrap(rows, uarOf, { ...options, clusterOf: ({ id }) => clusterOf(id) });
  const probe = await probePredictions(dataset, identities, config.seed, signal, onProgress);
  const neutral = labelNames.indexOf('neutral');
  const { overall, perClass } = recallTrend(predictions.ordered, seenPeaks(test, intensity, config), { bins: BINS, excludeLabels: [neutral] });
  const measured = {
    uar: { 'ordered': interval(predictions.ordered), 'shuffled': interval(predictions.shuffled), 'middle': interval(predictions.middle), 'mean pixels': interval(probe) },
    lead: { shuffled: pairedDifference(predictions.ordered, predictions.shuffled, uarOf, options), middle: pairedDifference(predictions.ordered, predictions.middle, uarOf, options) },
    trend: { overall, perClass: Object.fromEntries([...perClass].map(([label, trend]) => [labelNames[label]!, trend])) },
    oracle: ORACLE_VIEWS.map((view) => runOracle(view, { seed: config.seed })),
  };
  return {
    clips: test.length, preset: config.preset, seed: config.seed, generatorVersion: benchmark.parameters.generatorVersion, ...benchmark, fingerprint: dataset.fingerprint, labelNames, ...measured,
    transitions: transitionRecall(predictions.ordered, moving, neutral), requirements: requirementsOf(test.length, measured),
  };
}

/** Recall over clips that are not neutral. */
function transitionRecall(rows: readonly Prediction[], moving: ReadonlySet<string>, neutral: number): InstrumentReport['transitions'] {
  const recall = (part: readonly Prediction[]): number => part.filter(({ label, logits }) => argmax(logits) === label).length / part.length;
  const expressed = rows.filter(({ label }) => label !== neutral);
  const inside = expressed.filter(({ id }) => moving.has(id));
  return { clips: inside.length, recall: recall(inside), recallOnOthers: recall(expressed.filter(({ id }) => !moving.has(id))) };
}

const PROBE_SIZE = 16;

/** The linear probe's labels as one-hot logits. */
async function probePredictions({ train, test, labelNames }: Dataset, identities: ReadonlyMap<string, string>, seed: number, signal: AbortSignal | undefined, onProgress?: (progress: Progress) => void): Promise<Prediction[]> {
  const loader = createLoader();
  const total = train.length + test.length;
  let done = 0;
  const step = (clips: number): void => onProgress?.({ done: done += clips, total });
  try {
    const set = async (clips: readonly Clip[]) => ({ values: await meanFrames(loader, clips, step, signal), labels: clips.map(({ label }) => label), identities: clips.map(({ id }) => identities.get(id) ?? id) });
    const { predicted } = linearProbe(await set(train), await set(test), { seed, classes: labelNames.length });
    return test.map(({ id, label }, i) => ({ id, label, logits: labelNames.map((_, c) => Number(c === predicted[i])) }));
  } finally { await loader.close(); }
}

/** Mean over a clip's frames at 16 x 16. [clips, 768] */
async function meanFrames(loader: ReturnType<typeof createLoader>, clips: readonly Clip[], onClips: (clips: number) => void, signal: AbortSignal | undefined): Promise<Float32Array> {
  const width = PROBE_SIZE * PROBE_SIZE * 3, numSegments = 16;
  const values = new Float32Array(clips.length * width);
  let row = 0;
  for await (const { images, ids } of loader.batches(clips, { imageSize: PROBE_SIZE, numSegments, framesPerSegment: 1, batchSize: 28, mode: 'test', augment: false, seed: 0, epoch: 0, dropLast: false, signal })) {
    for (let i = 0; i < images.length; i++) values[(row + Math.floor(i / (width * numSegments))) * width + i % width]! += images[i]! / numSegments;
    row += ids.length;
    onClips(ids.length);
  }
  return values;
}

const points = (fraction: number): string => (100 * fraction).toFixed(1);
const shown = ({ estimate, low, high }: Interval): string => `${points(estimate)} (${points(low)} to ${points(high)})`;

/** What the benchmark has to be, each with what was found. */
export function requirementsOf(clips: number, { uar: found, lead, trend, oracle }: Pick<InstrumentReport, 'uar' | 'lead' | 'trend' | 'oracle'>): Requirement[] {
  const [low, high] = ASKED.uar;
  const [ordered, blind, middle] = oracle.map((view) => view.uar) as [number, number, number];
  const classes = Object.entries(trend.perClass);
  const value = (correlation: number | null): string => correlation?.toFixed(2) ?? 'undefined';
  const rises = (correlation: number | null): boolean => correlation !== null && correlation > ASKED.correlation;
  const control = (view: 'shuffled' | 'middle', name: string): Requirement => ({
    what: `UAR lost when trained and tested on ${name}`, asked: `at least ${points(ASKED.lead)} points, intervals apart`,
    found: `${points(lead[view].estimate)} (${points(lead[view].low)} to ${points(lead[view].high)}); ${shown(found.ordered)} against ${shown(found[view])}`,
    isMet: lead[view].estimate >= ASKED.lead && found.ordered.low > found[view].high,
  });
  return [
    { what: 'test clips', asked: 'at least 1000', found: String(clips), isMet: clips >= 1000 },
    { what: 'UAR of the baseline', asked: `${points(low)} to ${points(high)}`, found: shown(found.ordered), isMet: found.ordered.estimate >= low && found.ordered.estimate <= high },
    { what: `rank correlation of recall and peak intensity, ${BINS} bins`, asked: `above ${ASKED.correlation}`, found: value(trend.overall.correlation), isMet: rises(trend.overall.correlation) },
    { what: 'the same in each class but neutral', asked: `above ${ASKED.correlation}`, found: classes.map(([name, { correlation }]) => `${name} ${value(correlation)}`).join(', '), isMet: classes.every(([, { correlation }]) => rises(correlation)) },
    control('shuffled', 'shuffled frames'),
    control('middle', 'the middle frame alone'),
    { what: 'UAR of a linear probe on mean pixels', asked: `below ${points(ASKED.probe)}`, found: shown(found['mean pixels']), isMet: found['mean pixels'].estimate < ASKED.probe },
    { what: 'UAR of an oracle on the true action units', asked: 'ordered above order-blind above middle frame', found: `${ordered.toFixed(1)}, ${blind.toFixed(1)}, ${middle.toFixed(1)}`, isMet: ordered > blind && blind > middle },
  ];
}
