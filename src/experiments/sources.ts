// Which version of the sources made a number: a hash over the files that can change a result, and no others.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckout, packageRoot } from '../engine/home.ts';
import { sha256 } from '../files/hash.ts';

/** Folders and files below src (dist in an installed package) whose code a run's numbers pass through. */
export const DECISIVE: readonly string[] = [
  'data', 'engine', 'model', 'train', 'losses.ts', 'random.ts', 'labels.ts',
  'evaluate/inference.ts', 'evaluate/metrics.ts', 'evaluate/predict.ts', 'experiments/evaluation.ts', 'experiments/run.ts',
];

/** The pinned TensorFlow, and this project's kernels, which a package carries as sources too. */
const OUTSIDE = ['engine-requirements', 'src/engine/cpu', 'src/engine/jpeg'];

let known: string | undefined;

/** SHA-256 over names and bytes of the decisive files; computed once a process. */
export const sourcesHash = (): string => (known ??= hashSources(packageRoot()));

/** @param root of a checkout or an installed package */
export function hashSources(root: string): string {
  const [base, from, to] = isCheckout(root) ? ['src', '', ''] : ['dist', '.ts', '.js'];
  const paths = [...DECISIVE.map((path) => `${base}/${from === '' ? path : path.replace(from, to)}`), ...OUTSIDE];
  const files = [...new Set(paths.flatMap((path) => filesAt(root, path)))].sort();
  return sha256(files.map((file) => `${file}\0${sha256(readFileSync(join(root, file)))}\n`).join(''));
}

const KINDS = /\.(ts|js|cc|h|txt)$/;

function filesAt(root: string, path: string): string[] {
  if (!existsSync(join(root, path))) return [];
  if (KINDS.test(path)) return [path];
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' }).filter((name) => KINDS.test(name) && !name.endsWith('.d.ts')).map((name) => `${path}/${name.replaceAll('\\', '/')}`);
}
