// metrics.jsonl: one line an epoch, flushed as it is written, so that a killed run keeps its history.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError, readTextIfAny } from '../files/failure.ts';
import { encodeJson, parseJson } from '../files/json.ts';
import type { EpochMetrics } from './types.ts';

const fileOf = (dir: string): string => join(dir, 'metrics.jsonl');

/** @throws UserError for a number that is not finite, naming it, and for failures of the disk. */
export async function appendMetrics(dir: string, line: EpochMetrics): Promise<void> {
  const file = fileOf(dir);
  const text = `${encodeJson(line, file)}\n`;
  try {
    const handle = await open(file, 'a');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file, 'write');
  }
}

/** Lines in the order of the epochs; empty before the first. A last line without its end (the process was killed) does not count. @throws UserError naming file and line. */
export async function readMetrics(dir: string): Promise<EpochMetrics[]> {
  const file = fileOf(dir);
  const text = await readTextIfAny(file) ?? '';
  return text.split('\n').slice(0, -1).map((line, i) => {
    const value = parseJson(line, `${file}:${i + 1}`) as Partial<EpochMetrics> | null;
    if (typeof value !== 'object' || value === null || !Number.isInteger(value.epoch) || typeof value.losses !== 'object') {
      throw new UserError(`${file}:${i + 1}: expected an epoch's metrics, found ${line.slice(0, 60)}`);
    }
    return value as EpochMetrics;
  });
}

/** Cuts the history back to the epochs up to and including `toEpoch`, as a resumed run needs it. */
export async function truncateMetrics(dir: string, toEpoch: number): Promise<void> {
  const lines = (await readMetrics(dir)).filter(({ epoch }) => epoch <= toEpoch);
  await writeFileAtomic(fileOf(dir), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
