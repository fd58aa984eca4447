// A page's browser code as one script. In a checkout esbuild bundles it when it is asked for; the built package carries it
// bundled (bin/build/dist.mjs), so that nobody who installs it needs esbuild or the browser's tfjs.
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile, Plugin } from 'esbuild';
import { moduleFile } from '../data/workers.ts';
import { UserError } from '../errors.ts';

const bundledName = (file: string): string => file.replace(/\.[jt]s$/, '.bundle.js');

/**
 * The script of a page, for a classic script element or a worker.
 * @param entry the module to start with, e.g. `new URL('./page/main.ts', import.meta.url)`
 * @throws UserError where neither the bundle nor esbuild is installed, Error where something of Node would be left in it
 */
export async function pageScript(entry: URL): Promise<string> {
  const made = bundledName(fileURLToPath(entry));
  return existsSync(made) ? readFile(made, 'utf8') : bundle(moduleFile(entry));
}

async function bundle(file: string): Promise<string> {
  const { build } = await import('esbuild').catch(() => { throw new UserError('pages are bundled by esbuild, which is not installed: run npm run setup in a checkout'); });
  const { outputFiles, metafile } = await build({
    entryPoints: [file], bundle: true, write: false, metafile: true, outdir: 'page', logLevel: 'silent',
    format: 'iife', platform: 'browser', target: 'es2022', minify: true, legalComments: 'eof', charset: 'ascii', plugins: [withoutNode],
  });
  refuseNode(metafile);
  return outputFiles[0]!.text;
}

const ABSENT = 'absent';
const NODE_ONLY = /^(?:node:.*|fs|path|os|util|crypto|perf_hooks|worker_threads|node-fetch|string_decoder|sharp)$/;

/** Modules may hold what reads files beside what a page uses: the bundler drops what is not used, and with it Node. */
const withoutNode: Plugin = {
  name: 'without-node',
  setup(build) {
    build.onResolve({ filter: NODE_ONLY }, ({ path, kind }) => (kind === 'entry-point' ? undefined : { path, namespace: ABSENT, sideEffects: false }));
    build.onLoad({ filter: /.*/, namespace: ABSENT }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/** A library may ask for Node's modules where it finds itself in Node; our own code must not use them at all. */
function refuseNode({ inputs, outputs }: Metafile): void {
  const used = new Set(Object.values(outputs).flatMap((output) => Object.entries(output.inputs).filter(([name, { bytesInOutput }]) => name.startsWith(`${ABSENT}:`) && bytesInOutput > 0).map(([name]) => name)));
  for (const [file, { imports }] of Object.entries(inputs)) {
    const left = file.includes('node_modules/') ? undefined : imports.find(({ path }) => used.has(path));
    const isLeft = left !== undefined && Object.values(outputs).some((output) => (output.inputs[file]?.bytesInOutput ?? 0) > 0);
    if (isLeft) throw new Error(`${file}: a page would need ${left.original ?? left.path}`);
  }
}

/** Bundles the pages below a built package's folder beside their modules: every `page/main.js` and `page/worker.js`. */
export async function bundlePages(root: string): Promise<void> {
  const names = await readdir(root, { recursive: true });
  for (const file of names.filter((name) => /(?:^|[/\\])page[/\\](?:main|worker)\.js$/.test(name)).map((name) => join(root, name))) await writeFile(bundledName(file), await bundle(file));
}
