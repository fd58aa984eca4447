// @ts-check
// A Chromium for pictures, found or unpacked now rather than in the middle of the main job.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readText, writeWhole } from './files.mjs';
import { say } from './progress.mjs';

/** @param {import('./home.mjs').Home} home */
export async function prepareChromium(home) {
  const mark = join(home.native, 'chromium-path');
  const known = readText(mark);
  if (known !== undefined && existsSync(known) && !process.env['CHROMIUM']) return;
  const { register } = await import('tsx/esm/api');
  const unregister = register();
  try {
    const { findChromium } = await import(pathToFileURL(join(home.root, 'src', 'figures', 'chromium.ts')).href);
    const { executablePath } = await findChromium();
    if (executablePath !== process.env['CHROMIUM']) writeWhole(mark, executablePath);
  } catch (error) {
    // training and tables work without pictures
    if (!(error instanceof Error) || error.name !== 'UserError') throw error;
    say(`figures cannot be drawn as pictures: ${error.message}`);
  } finally {
    await unregister();
  }
}
