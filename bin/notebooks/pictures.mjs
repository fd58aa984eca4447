// @ts-check
// The PNG beside a Plotly figure: all that a viewer without JavaScript shows of it.

import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { findHome } from '../setup/home.mjs';

const PLOTLY = 'application/vnd.plotly.v1+json';

/**
 * Adds image/png to every Plotly output that lacks it, in place.
 * @param {import('./list.mjs').Notebook} notebook
 */
export async function addPictures(notebook) {
  const outputs = notebook.cells.flatMap((cell) => cell.outputs ?? []).filter(({ data }) => data?.[PLOTLY] && !data['image/png']);
  if (outputs.length === 0) return;
  const [{ closeFigures, figurePng }, { default: sharp }] = await Promise.all([loadFigures(), import('sharp')]);
  try {
    for (const { data } of outputs) {
      if (!data) continue;
      const { config: _config, ...figure } = data[PLOTLY];
      // JupyterLab shows its pixels one to one, and cuts off what is wider than the cell
      const drawn = await figurePng(figure, { scale: 1 });
      // a palette makes it a fourth, and a committed notebook stays small
      const small = await sharp(drawn).png({ palette: true, quality: 90, compressionLevel: 9, effort: 10 }).toBuffer();
      data['image/png'] = small.toString('base64');
    }
  } catch (error) {
    console.error(`no pictures beside the figures: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await closeFigures();
  }
}

/** @returns {Promise<typeof import('../../src/figures/png.ts')>} */
async function loadFigures() {
  const { register } = await import('tsx/esm/api');
  register();
  return import(pathToFileURL(join(findHome().root, 'src', 'figures', 'png.ts')).href);
}
