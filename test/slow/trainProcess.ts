// `ial train` in a process of its own on clips so few that an epoch takes a moment, and what its run folder holds.
import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/home.ts';

/** Settings of a network so small that an epoch takes a moment. */
export const SMALL: readonly string[] = ['imageSize=32', 'numSegments=4', 'width=4/8/16', 'reduction=4', 'staticMlp=8', 'temporalMlp=16', 'batchSize=7'];

export const settings = (...changes: readonly string[]): string[] => [...SMALL, ...changes].flatMap((setting) => ['--set', setting]);

export interface Training {
  readonly child: ChildProcess;
  /** Resolves when the first step is told, or the process has ended. */
  readonly started: Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>;
}

export function train(data: string, out: string, ...args: readonly string[]): Training {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'ial.mjs'), 'train', '--data', data, '--preset', 'tiny', '--out', out, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => { resolve({ code, signal, stderr }); });
  });
  const started = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
      if (/^train: \d+/m.test(stderr)) resolve();
    });
    void ended.then(() => { resolve(); });
  });
  return { child, started, ended };
}

/** SHA-256 of everything that a run leaves, by file; of the history without its times, of config.json the experiment and the clips. */
export function contentOf(dir: string): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort()) {
    if (statSync(join(dir, name)).isDirectory()) continue;
    hashes[name] = createHash('sha256').update(comparable(name, readFileSync(join(dir, name)))).digest('hex');
  }
  return hashes;
}

function comparable(name: string, bytes: Buffer): Buffer | string {
  if (name === 'config.json') {
    const { experiment, dataset } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    return JSON.stringify({ experiment, dataset });
  }
  if (name === 'metrics.jsonl') return bytes.toString().replaceAll(/"(seconds|clipsPerSecond)":[\d.e+-]+/g, '"$1":0');
  // the state holds the seconds of the best epoch's evaluation, and so does its own checksum
  if (name.endsWith('state.json')) return bytes.toString().replaceAll(/"seconds": ?[\d.e+-]+/g, '"seconds":0').replace(/"state": "[0-9a-f]{64}"/, '');
  return bytes;
}
