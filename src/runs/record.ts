// config.json of a run: reading what may have been edited by hand, and comparing what was asked with what was recorded.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { preset, validate, type ExperimentConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { parseJson } from '../files/json.ts';
import type { RunRecord } from './types.ts';

/** True where the test split chose the epoch: its numbers are marked LEAKY wherever they are shown. */
export const isLeaky = (experiment: ExperimentConfig): boolean => experiment.selection === 'best-on-test';

/** What a run did that was recorded before these settings existed. */
const LATER_SETTINGS = { sampling: 'even' } as const satisfies Partial<ExperimentConfig>;

/** @throws UserError when the folder is missing, holds no run, or its config.json is broken. */
export async function readRecord(dir: string): Promise<RunRecord> {
  const file = join(dir, 'config.json');
  const value = parseJson(await textOf(dir, file), file);
  const top = objectAt(value, file, 'the top');
  const record = { ...top, experiment: readExperiment(top['experiment'], file) } as unknown as RunRecord;
  const dataset = objectAt(record.dataset, file, 'dataset');
  for (const key of ['name', 'root', 'fingerprint']) {
    if (typeof dataset[key] !== 'string') throw wrong(file, `dataset.${key}`, 'a text', dataset[key]);
  }
  const { labelNames, scene } = record.dataset;
  if (!['string', 'undefined'].includes(typeof scene)) throw wrong(file, 'dataset.scene', 'the name of a scene', scene);
  if (!Array.isArray(labelNames) || labelNames.length !== record.experiment.numClasses) {
    throw wrong(file, 'dataset.labelNames', `${record.experiment.numClasses} names`, labelNames);
  }
  objectAt(record.dataset.counts, file, 'dataset.counts');
  objectAt(record.versions, file, 'versions');
  return record;
}

async function textOf(dir: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw fileError(error, file, 'read');
    const isThere = await stat(dir).then(() => true, () => false);
    throw new UserError(isThere ? `${dir}: not a run folder: it has no config.json` : `${dir}: no such run folder`);
  }
}

/** An experiment as some file recorded it. @throws UserError where it lacks a setting or has one that cannot be. */
export function readExperiment(value: unknown, file: string): ExperimentConfig {
  const experiment = { ...LATER_SETTINGS, ...objectAt(value, file, 'experiment') };
  checkExperiment(experiment, file);
  return experiment as unknown as ExperimentConfig;
}

function checkExperiment(value: unknown, file: string): void {
  const experiment = objectAt(value, file, 'experiment');
  for (const [key, example] of Object.entries(preset('paper'))) {
    const kind = (v: unknown): string => (Array.isArray(v) ? 'list' : typeof v);
    if (kind(experiment[key]) !== kind(example)) throw wrong(file, `experiment.${key}`, `a ${kind(example)}`, experiment[key]);
  }
  try {
    validate(experiment as unknown as ExperimentConfig);
  } catch (error) {
    throw error instanceof UserError ? new UserError(`${file}: ${error.message}`) : error;
  }
}

function objectAt(value: unknown, file: string, key: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(file, key, 'an object', value);
  return value as Record<string, unknown>;
}

const wrong = (file: string, key: string, expected: string, found: unknown): UserError =>
  new UserError(`${file}: ${key}: expected ${expected}, found ${JSON.stringify(found) ?? 'nothing'}`);

/** Keys on which two plain values differ, as "key: recorded -> asked", nested keys with dots; empty when equal. */
export function differences(recorded: unknown, asked: unknown, path = ''): string[] {
  if (isPlain(recorded) && isPlain(asked)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(asked)]);
    return [...keys].flatMap((key) => differences(recorded[key], asked[key], path === '' ? key : `${path}.${key}`));
  }
  const [a, b] = [JSON.stringify(recorded), JSON.stringify(asked)];
  return a === b ? [] : [`${path}: ${a ?? 'nothing'} -> ${b ?? 'nothing'}`];
}

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What makes a resumed run another run: the experiment, the clips and what was rendered for them, and the sources. @throws UserError listing the differing keys. */
export function refuseChanged(dir: string, recorded: RunRecord, asked: RunRecord): void {
  const core = ({ experiment, dataset, rendered }: RunRecord): unknown => {
    const { root: _, ...identity } = dataset; // a moved folder with the same fingerprint is the same data
    return { ...experiment, dataset: identity, rendered };
  };
  const changed = differences(core(recorded), core(asked));
  if (changed.length > 0) throw new UserError(`${dir}: cannot resume with another configuration: ${changed.join('; ')}`);
  if (recorded.sources !== undefined && recorded.sources !== asked.sources) throw new UserError(`${dir}: cannot resume: it was begun by other sources than today's, which may compute other numbers${recorded.commit === null ? '' : ` (commit ${recorded.commit})`}; finish it with those, or train anew into another folder`);
}
