// The page's own code as one script: bundled by esbuild in a clone, where the sources are; made beforehand by
// `npm run build` (bin/build) in an installed package.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PageCode } from './html.ts';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

let made: Promise<PageCode> | undefined;

/** Made once a process, some 100 ms. */
export const pageCode = (): Promise<PageCode> => (made ??= make());

async function make(): Promise<PageCode> {
  const style = await readFile(file('page/style.css'), 'utf8');
  const prebuilt = file('page.bundle.js');
  return { style, script: existsSync(prebuilt) ? await readFile(prebuilt, 'utf8') : await bundle() };
}

async function bundle(): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file('page/main.ts')], bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', charset: 'ascii', legalComments: 'none', logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}
