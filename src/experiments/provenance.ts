// What a run records of where it came from: commit, versions, machine.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Engine } from '../engine/tensorflow.ts';
import { packageRoot } from '../engine/home.ts';
import type { RunRecord } from '../runs/types.ts';

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', packageRoot(), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Commit of the sources, "-dirty" when src has changed since; null outside a repository. */
export function sourceCommit(): string | null {
  try {
    const commit = git('rev-parse', 'HEAD');
    return git('status', '--porcelain', '--', 'src') === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
}

export function versions(tensorflow: string | null): RunRecord['versions'] {
  const { version } = JSON.parse(readFileSync(`${packageRoot()}/package.json`, 'utf8')) as { version: string };
  return { node: process.versions.node, project: version, tensorflow };
}

/** All that decides in which order sums are made, e.g. "cpu, 2 threads, cpu-avx512 kernels, AMD EPYC 9555". */
export const describeMachine = ({ device, threads, kernels = 'TensorFlow\'s own' }: Engine): string =>
  [device, `${threads} thread${threads === 1 ? '' : 's'}`, ...device === 'cpu' ? [`${kernels} kernels`] : [], cpus()[0]?.model.trim() ?? 'unknown processor'].join(', ');
