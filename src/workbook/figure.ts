// Shows a figure: interactive where the front end knows Plotly, as a PNG where it does not. JupyterLab makes the PNG by
// itself when it saves, and given one it would show that first; so it is sent along only where a notebook runs headless.
import sharp from 'sharp';
import type { Figure } from '../figures/figure.ts';
import { figurePng } from '../figures/png.ts';
import { defer, display, isHeadless, newDisplayId, VARIES, type Metadata, type MimeBundle } from './host.ts';
import { checkFrames, warn, type FrameSource } from './licence.ts';

export const PLOTLY = 'application/vnd.plotly.v1+json';

/** No button that sends the data to somebody's cloud, and few enough to leave the title readable. */
const CONFIG = { responsive: true, displaylogo: false, plotlyServerURL: '', modeBarButtonsToRemove: ['sendChartToCloud', 'select2d', 'lasso2d', 'zoomIn2d', 'zoomOut2d', 'autoScale2d'] };

export interface FigureOptions {
  /** A later call with the same id in the same cell replaces the figure. */
  readonly id?: string;
  /** Needed where the figure holds pictures of clips (`layout.images`, an image trace): of which kind of data they are. */
  readonly frames?: FrameSource;
  /** Holds times or the like: not compared when the notebook is executed again. */
  readonly varies?: boolean;
}

/** Shows a figure in the notebook; elsewhere prints its finding. @throws UserError for a figure with pictures that does not say, or may not show, whose they are. */
export function figure(shown: Figure, { id, frames, varies }: FigureOptions = {}): void {
  const { data, layout } = shown;
  const hasFrames = /"data:image\//.test(JSON.stringify(shown)) || data.some(({ type }) => type === 'image');
  const metadata = hasFrames ? checkFrames('figure', frames) : varies ? VARIES : {};
  const bundle = { [PLOTLY]: { data, layout, config: CONFIG }, 'text/plain': `[figure] ${titleOf(layout)}` };
  // JupyterLab's renderer draws an output only once: another type in between makes it draw anew
  if (id !== undefined) display({ 'text/plain': '' }, id);
  const place = id ?? (isHeadless() ? newDisplayId() : undefined);
  display(bundle, place, metadata);
  if (hasFrames && frames?.isSynthetic === false) warn();
  if (place !== undefined && isHeadless()) defer(addPicture(shown, bundle, place, metadata));
}

let hasNoPictures = false;

/** Does nothing where there is no Chromium, or where $IAL_PNG is "off". */
async function addPicture(shown: Figure, bundle: MimeBundle, id: string, metadata: Metadata): Promise<void> {
  if (hasNoPictures || process.env['IAL_PNG'] === 'off') return;
  try {
    // JupyterLab shows its pixels one to one and cuts off what is wider than the cell
    const drawn = await figurePng(shown, { scale: 1 });
    // a palette makes it a fourth: a committed notebook stays small
    const png = await sharp(drawn).png({ palette: true, quality: 90, compressionLevel: 9 }).toBuffer();
    display({ ...bundle, 'image/png': png.toString('base64') }, id, metadata);
  } catch (error) {
    hasNoPictures = true;                                 // said once
    console.error(`no pictures beside the figures: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`);
  }
}

function titleOf(layout: Figure['layout']): string {
  const { text = '' } = (layout['title'] ?? {}) as { text?: string };
  const [, finding = text] = /<b>(.*?)<\/b>/.exec(text) ?? [];   // the rest is the subtitle
  return finding.replace(/<br>/g, ' ').replace(/<[^>]*>/g, '').trim();
}
