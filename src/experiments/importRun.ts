// A run folder from weights that were trained elsewhere, or exported here before.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { preset, PRESETS, withSettings, type ExperimentConfig } from '../config.ts';
import type { DatasetName } from '../data/clip.ts';
import { checkScene } from '../data/dataset.ts';
import { UserError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { checkShapes, recognise, type Shapes } from '../model/recognise.ts';
import { parameterCount, specification } from '../model/specification.ts';
import { nameClasses, withClassRows, type NamedClasses } from '../runs/classes.ts';
import { readExperiment } from '../runs/record.ts';
import { createRun } from '../runs/run.ts';
import type { HostTensor } from '../runs/safetensors.ts';
import type { ImportSource, RunRecord } from '../runs/types.ts';
import { readWeightFile, type WeightFile } from '../runs/weightFile.ts';
import { versions } from './provenance.ts';

export interface ImportOptions {
  /** .pth or .safetensors, told by its content. */
  readonly file: string;
  /** The run folder to make. */
  readonly out: string;
  /** Decides what no tensor shows. Default: the preset of that width, else `paper`. */
  readonly preset?: string;
  /** `key=value` settings, as of `ial train`. */
  readonly settings?: readonly string[];
  /** Names of the classes in the file's order. Default: what the file says, else DFEW's order, the authors'. */
  readonly labels?: readonly string[];
  /** The dataset that it is to be evaluated on. Default DFEW, fold 1, or what the file says. */
  readonly dataset?: DatasetName;
  readonly fold?: number;
  /** Of FERV39k: the one scene that it is for. */
  readonly scene?: string;
}

export interface ImportReport {
  readonly run: string;
  readonly source: ImportSource;
  readonly experiment: ExperimentConfig;
  readonly tensors: number;
  readonly parameters: number;
  readonly epoch: number;
  readonly labelNames: readonly string[];
  /** null: trained elsewhere, on what is not known. */
  readonly isSynthetic: boolean | null;
  /** What the file held besides; nothing of it is used. */
  readonly beside: Readonly<Record<string, string>>;
  /** What was assumed or changed, a line each. */
  readonly notes: readonly string[];
}

/** @throws UserError for a file that holds no weights of this network, and an `out` that holds a run already. */
export async function importRun(options: ImportOptions): Promise<ImportReport> {
  const file = await readWeightFile(options.file);
  const counted = withCounters(file.tensors);
  const shapes: Shapes = new Map([...counted.tensors].map(([name, { shape }]) => [name, shape]));
  const known = describedExperiment(file, options.file);
  const { config, notes } = known ? fromDescription(known, shapes, options) : fromShapes(shapes, options);
  const named = nameClasses(options.labels ?? describedLabels(file, options.file), config.numClasses);
  const record = makeRecord(file, config, named.labelNames, options);
  const weights = named.rows ? withClassRows(counted.tensors, named.rows) : counted.tensors;
  const epoch = file.epoch ?? Number(file.metadata['epoch'] ?? 0);
  await write(options.out, record, epoch, inOrder(config, weights));
  return {
    run: options.out, source: file.source, experiment: config, tensors: counted.tensors.size, parameters: parameterCount(config), epoch,
    labelNames: record.dataset.labelNames, isSynthetic: isTrainingKnown(record) ? record.dataset.isSynthetic : null, beside: file.beside,
    notes: [...changesOf(file), ...counted.notes, ...notes, ...classNotes(named, known, options), ...leakNote(config, known)],
  };
}

/** False for weights that were trained elsewhere: no clips are recorded. */
export const isTrainingKnown = ({ dataset }: RunRecord): boolean => dataset.fingerprint !== '';

/** What export wrote into the file's metadata. */
function describedExperiment({ metadata }: WeightFile, file: string): ExperimentConfig | undefined {
  const text = metadata['experiment'];
  if (text === undefined) return undefined;
  return readExperiment(parseJson(text, `${file}: experiment`), file);
}

type Configured = { readonly config: ExperimentConfig; readonly notes: readonly string[] };

function fromDescription(known: ExperimentConfig, shapes: Shapes, { file, settings = [] }: ImportOptions): Configured {
  const config = withSettings(known, settings);
  checkShapes(config, shapes, file);
  return { config, notes: [] };
}

/**
 * The authors' script and those like it keep the epoch that their test split liked best, so "best-on-test" (LEAKY) stands
 * unless `settings` says otherwise.
 */
function fromShapes(shapes: Shapes, { file, preset: name, settings = [] }: ImportOptions): Configured {
  const narrow = shapes.get('s_former.conv1.0.weight')?.[0];
  const base = { ...name === undefined ? Object.values(PRESETS).find(({ width }) => width[0] === narrow) ?? preset('paper') : preset(name), selection: 'best-on-test' as const };
  const { config, notes } = recognise(shapes, withSettings(base, settings), file);
  const asked = withSettings(config, settings.filter((setting) => !setting.startsWith('auxWeight=')));
  for (const key of Object.keys(config) as (keyof ExperimentConfig)[]) {
    if (JSON.stringify(asked[key]) !== JSON.stringify(config[key])) throw new UserError(`${file}: its tensors show ${key} = ${JSON.stringify(config[key])}, --set asks for ${JSON.stringify(asked[key])}`);
  }
  return { config, notes: [...notes, `losses and optimiser of preset ${config.preset}: weights do not show how they were trained`] };
}

/** PyTorch before 0.4.1 counted no batches; nothing is computed from the count. */
function withCounters(tensors: ReadonlyMap<string, HostTensor>): { readonly tensors: ReadonlyMap<string, HostTensor>; readonly notes: readonly string[] } {
  const missing = [...tensors.keys()].filter((name) => name.endsWith('.running_mean')).map((name) => name.replace(/running_mean$/, 'num_batches_tracked')).filter((name) => !tensors.has(name));
  const zero: HostTensor = { dtype: 'I64', shape: [], data: BigInt64Array.of(0n) };
  return { tensors: new Map([...tensors, ...missing.map((name) => [name, zero] as const)]), notes: missing.length > 0 ? [`${missing.length} counters of batches (num_batches_tracked) are missing and set to 0; nothing depends on them`] : [] };
}

const inOrder = (config: ExperimentConfig, tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> =>
  new Map(specification(config).map(({ name }) => [name, tensors.get(name)!]));

function changesOf({ prefix, key, converted }: WeightFile): string[] {
  return [
    ...key === undefined ? [] : [`weights under "${key}"`],
    ...prefix === '' ? [] : [`"${prefix}" taken off every name`],
    ...converted.length > 0 ? [`${converted.join(', ')} kept as float32${converted.includes('F64') ? ', rounded' : ', exactly'}`] : [],
  ];
}

const leakNote = ({ selection }: ExperimentConfig, known: ExperimentConfig | undefined): string[] => (known || selection !== 'best-on-test' ? []
  : ['evaluations will be marked LEAKY: the authors\' script and those like it keep the epoch that the test split preferred (--set selection=last where that is not so)']);

function describedLabels({ metadata }: WeightFile, file: string): readonly string[] | undefined {
  const told = metadata['labelNames'] === undefined ? undefined : parseJson(metadata['labelNames'], `${file}: labelNames`);
  if (told === undefined || (Array.isArray(told) && told.every((name) => typeof name === 'string'))) return told;
  throw new UserError(`${file}: labelNames: expected a list of names, found ${JSON.stringify(told)}`);
}

function classNotes({ rows }: NamedClasses, known: ExperimentConfig | undefined, { labels }: ImportOptions): string[] {
  if (rows) return [`classes put into DFEW's order: rows ${rows.join(', ')} of the classifier and its auxiliary heads`];
  return known || labels ? [] : ['classes in the authors\' order, DFEW\'s: no tensor shows it (--labels names them where the training had another)'];
}

function makeRecord(file: WeightFile, experiment: ExperimentConfig, labelNames: readonly string[], { dataset, fold, scene }: ImportOptions): RunRecord {
  const { metadata } = file;
  const name = dataset ?? (['ferv39k', 'csv'] as const).find((known) => known === metadata['dataset']) ?? 'dfew', only = scene ?? (name === 'ferv39k' ? metadata['scene'] : undefined);
  checkScene(name, only);
  const zeros = labelNames.map(() => 0);
  return {
    experiment, commit: null, versions: versions(null),
    dataset: {
      name, root: '', fold: fold ?? Number(metadata['fold'] ?? 1), fingerprint: metadata['fingerprint'] ?? '', ...only !== undefined && { scene: only },
      isSynthetic: metadata['isSynthetic'] === 'true', labelNames, counts: { train: zeros, test: zeros },
    },
    device: 'none: imported', createdAt: new Date().toISOString(), importedFrom: file.source,
  };
}

/** The whole run or none. */
async function write(out: string, record: RunRecord, epoch: number, weights: Map<string, HostTensor>): Promise<void> {
  if (!Number.isSafeInteger(epoch) || epoch < 0) throw new UserError(`${record.importedFrom!.file}: epoch: expected a whole number of at least 0, found ${epoch}`);
  const run = await createRun(out, record);
  try {
    await run.saveCheckpoint({ state: { seed: record.experiment.seed, epoch, step: 0 }, weights, optimizer: new Map() }, { isBest: record.experiment.selection !== 'last' });
  } catch (error) {
    await rm(join(out, 'config.json'), { force: true }).catch(() => {}); // without it the folder is no run
    throw error;
  } finally {
    await run.close();
  }
}
