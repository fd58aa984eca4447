// Draws figures without a screen: one Chromium page holds Plotly and turns figures into PNGs until closeFigures.
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { UserError } from '../errors.ts';
import { findChromium } from './chromium.ts';
import type { Figure } from './figure.ts';

export interface PngOptions {
  /** In CSS pixels. */
  readonly width?: number;
  /** The figure's own by default. */
  readonly height?: number;
  /** Device pixels to a CSS pixel: 2 is sharp in print. */
  readonly scale?: number;
}

interface Opened { readonly browser: Browser; readonly page: Page }
let opening: Promise<Opened> | undefined;

/** @throws UserError when there is no Chromium. */
export async function figurePng(figure: Figure, { width = 760, height = figure.layout.height, scale = 2 }: PngOptions = {}): Promise<Buffer> {
  const { page } = await (opening ??= open());
  const url = await page.evaluate(draw, { figure, size: { format: 'png', width, height, scale } });
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Runs in the page. */
const draw = ({ figure, size }: { figure: Figure; size: object }): Promise<string> =>
  (globalThis as unknown as { Plotly: { toImage(figure: Figure, size: object): Promise<string> } }).Plotly.toImage(figure, size);

async function open(): Promise<Opened> {
  const require = createRequire(import.meta.url);
  const { chromium } = await import('playwright-core').catch(() => { throw new UserError('pictures need playwright-core and plotly.js-dist: run npm run setup in a checkout'); });
  // else playwright ends this process, a notebook's kernel too, on Ctrl-C; it ends the Chromium with the process anyway
  const browser = await chromium.launch({ ...await findChromium(), handleSIGINT: false });
  const page = await browser.newPage();
  // Plotly is a program for browsers: importing it in Node fails
  await page.addScriptTag({ path: require.resolve('plotly.js-dist/plotly.js') });
  return { browser, page };
}

/** Ends the Chromium; a program that drew figures does not end before. */
export async function closeFigures(): Promise<void> {
  const opened = opening;
  opening = undefined;
  await (await opened?.catch(() => undefined))?.browser.close();
}
