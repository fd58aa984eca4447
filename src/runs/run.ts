// The run folder: what one training leaves and what every table, figure and notebook reads. Reading needs no lock;
// writing goes through RunWriter, which holds the folder's lock.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { removeLeftovers, writeFileAtomic } from '../files/atomic.ts';
import { listCheckpoints, pruneCheckpoints, readCheckpoint, readNewestCheckpoint, readPointer, writeCheckpoint, writePointer } from './checkpoint.ts';
import { readClips, type ClipFacts } from './clips.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { encodeJson } from '../files/json.ts';
import { lockFolder, type RunLock } from './lock.ts';
import { appendMetrics, readMetrics, truncateMetrics } from './metrics.ts';
import { readRecord } from './record.ts';
import { readEvaluation, readFeatures, readPredictions, writeEvaluation, writeFeatures, writePredictions } from './results.ts';
import type { Checkpoint, EpochMetrics, Evaluation, Features, Predictions, RunRecord } from './types.ts';

/** A run folder, for reading. Every method throws UserError naming the file that is missing or broken. */
export interface Run {
  readonly dir: string;
  readonly record: RunRecord;
  readMetrics(): Promise<EpochMetrics[]>;
  /** Epochs that have a checkpoint, ascending. */
  listCheckpoints(): Promise<number[]>;
  /** 'last': the newest sound one, `onWarning` hears of broken ones passed over. 'best': the one that the selection rule prefers. A number: that epoch's. @throws UserError without one. */
  readCheckpoint(which: 'last' | 'best' | number, onWarning?: (line: string) => void): Promise<Checkpoint>;
  readPredictions(): Promise<Predictions>;
  readFeatures(): Promise<Features>;
  readEvaluation(): Promise<Evaluation>;
  /** People and intensities of the evaluated clips, which only archived runs carry; undefined otherwise. */
  readClips(): Promise<ReadonlyMap<string, ClipFacts> | undefined>;
}

export interface SaveOptions {
  /** Point `best` at this checkpoint as well. */
  readonly isBest?: boolean;
  /** How many of the newest checkpoints stay; Infinity keeps all. The best one always stays. Default 2. */
  readonly keepEpochs?: number;
}

/** A run folder that this process alone may write to, until `close`. */
export interface RunWriter extends Run {
  appendMetrics(line: EpochMetrics): Promise<void>;
  truncateMetrics(toEpoch: number): Promise<void>;
  /** Writes the checkpoint, points `last` at it, removes what is not kept. @throws UserError for weights that are not finite. */
  saveCheckpoint(checkpoint: Checkpoint, options?: SaveOptions): Promise<void>;
  writePredictions(predictions: Predictions): Promise<void>;
  writeFeatures(features: Features): Promise<void>;
  writeEvaluation(evaluation: Evaluation): Promise<void>;
  /** Gives the lock back; call it in a `finally`. */
  close(): Promise<void>;
}

/** True where `dir` holds a run (a config.json). */
export const hasRun = (dir: string): Promise<boolean> => stat(join(dir, 'config.json')).then(() => true, () => false);

/** Opens a run for reading. @throws UserError: no such folder, not a run, broken config.json. */
export async function openRun(dir: string): Promise<Run> {
  return reader(dir, await readRecord(dir));
}

/** Makes the folder and its config.json. @throws UserError when it holds a run already, another process writes to it, or it cannot be written. */
export async function createRun(dir: string, record: RunRecord): Promise<RunWriter> {
  await makeFolder(dir);
  return locked(dir, async (lock) => {
    if (await hasRun(dir)) throw new UserError(`${dir}: holds a run already; go on with --resume or choose another --out`);
    const file = join(dir, 'config.json');
    await writeFileAtomic(file, `${encodeJson(record, file, 2)}\n`);
    return writer(dir, record, lock);
  });
}

async function makeFolder(dir: string): Promise<void> {
  try {
    // on a read-only file system Node's recursive mkdir says "no such file"; the plain one says why
    await mkdir(dir, { recursive: true }).catch((error: unknown) => { if (codeOf(error) !== 'ENOENT') throw error; return mkdir(dir); });
  } catch (error) {
    throw fileError(error, dir, 'write');
  }
}

/** Opens a run for writing. @throws UserError as openRun, or when another process writes to it. */
export async function resumeRun(dir: string): Promise<RunWriter> {
  await readRecord(dir); // says what is missing before a lock is put beside it
  return locked(dir, async (lock) => {
    for (const folder of [dir, join(dir, 'checkpoints')]) await removeLeftovers(folder);
    return writer(dir, await readRecord(dir), lock);
  });
}

async function locked(dir: string, make: (lock: RunLock) => Promise<RunWriter>): Promise<RunWriter> {
  const lock = await lockFolder(dir);
  try {
    return await make(lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function reader(dir: string, record: RunRecord): Run {
  return {
    dir,
    record,
    readMetrics: () => readMetrics(dir),
    listCheckpoints: () => listCheckpoints(dir),
    readCheckpoint: (which, onWarning = () => {}) => readNamed(dir, which, onWarning),
    readPredictions: () => readPredictions(dir),
    readFeatures: () => readFeatures(dir),
    readEvaluation: () => readEvaluation(dir),
    readClips: () => readClips(dir),
  };
}

function writer(dir: string, record: RunRecord, lock: RunLock): RunWriter {
  return {
    ...reader(dir, record),
    async appendMetrics(line) { lock.check(); await appendMetrics(dir, line); },
    async truncateMetrics(toEpoch) { lock.check(); await truncateMetrics(dir, toEpoch); },
    async saveCheckpoint(checkpoint, options) { lock.check(); await save(dir, checkpoint, options); },
    async writePredictions(predictions) { lock.check(); await writePredictions(dir, predictions); },
    async writeFeatures(features) { lock.check(); await writeFeatures(dir, features); },
    async writeEvaluation(evaluation) { lock.check(); await writeEvaluation(dir, evaluation); },
    close: () => lock.release(),
  };
}

async function save(dir: string, checkpoint: Checkpoint, { isBest = false, keepEpochs = 2 }: SaveOptions = {}): Promise<void> {
  await writeCheckpoint(dir, checkpoint);
  // best first: killed in between, the resumed run does this epoch again; the other way round it would never point at it
  if (isBest) await writePointer(dir, 'best', checkpoint.state.epoch);
  await writePointer(dir, 'last', checkpoint.state.epoch);
  await pruneCheckpoints(dir, Math.max(1, keepEpochs));
}

async function readNamed(dir: string, which: 'last' | 'best' | number, onWarning: (line: string) => void): Promise<Checkpoint> {
  if (typeof which === 'number') return readCheckpoint(dir, which);
  if (which === 'best') {
    const epoch = await readPointer(dir, 'best');
    if (epoch === undefined) throw new UserError(`${join(dir, 'best')}: names no checkpoint; the run has not chosen one`);
    return readCheckpoint(dir, epoch).catch((error: unknown) => { throw error instanceof UserError ? new UserError(`${error.message}; it is the epoch that the run chose, and no other can stand in for it: delete the run folder and train again`) : error; });
  }
  const checkpoint = await readNewestCheckpoint(dir, onWarning);
  if (!checkpoint) throw new UserError(`${dir}: has no checkpoint; train it first (an archived run has no weights)`);
  return checkpoint;
}
