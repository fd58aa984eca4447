// Where the native engine lives: in a checkout beside the sources (.native and node_modules), in an installed
// package in the user's cache, because npm may replace or clean an installed package's own folder at any time.
// bin/setup/home.mjs says the same for set-up, which runs before TypeScript can (test/engine/home.test.ts compares them).

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENGINE_PACKAGE = '@tensorflow/tfjs-node-gpu';
const ADDON = 'lib/napi-v8/tfjs_binding.node';

/** This package's folder; src/engine and dist/engine are equally deep in it. */
export function packageRoot(): string {
  return fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
}

/** True in a clone of the repository: the published package carries no sources. */
export function isCheckout(root = packageRoot()): boolean {
  return existsSync(join(root, 'src', 'engine', 'home.ts'));
}

/** The folder for everything native that set-up makes: TensorFlow's libraries, the addon, an unpacked Chromium. */
export function engineHome(root = packageRoot(), environment: NodeJS.ProcessEnv = process.env): string {
  if (isCheckout(root)) return join(root, '.native');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'intensity-aware-workbook', `engine-${version}`);
}

/** The engine's JavaScript package whose addon has been built, or undefined when set-up has not run yet. */
export function resolveEngine(): { packageDir: string } | undefined {
  const packageDir = candidates().find((dir) => existsSync(join(dir, ADDON)));
  return packageDir === undefined ? undefined : { packageDir };
}

/** What set-up built first: a peer that was installed by itself may bring the TensorFlow 2.9 of 2022. */
function candidates(): string[] {
  const inHome = join(engineHome(), 'node_modules', ENGINE_PACKAGE);
  try {
    const manifest = createRequire(import.meta.url).resolve(`${ENGINE_PACKAGE}/package.json`);
    return [inHome, join(manifest, '..')];
  } catch {
    return [inHome];
  }
}
