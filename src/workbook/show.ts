// Shows a page inside a notebook, in a frame of its own: its script can touch nothing of the notebook.
import { display, escapeHtml } from './host.ts';

export interface ShowOptions {
  /** Pixels of the frame. Default 720. */
  readonly height?: number;
  /** What stands there where no HTML is shown. */
  readonly caption?: string;
}

/** @param page a whole HTML page, or the promise of one, such as explorer(run). */
export async function show(page: string | Promise<string>, { height = 720, caption = 'explorer' }: ShowOptions = {}): Promise<void> {
  const html = await page;
  const frame = `<iframe srcdoc="${escapeHtml(html)}" sandbox="allow-scripts allow-downloads" title="${escapeHtml(caption)}" width="100%" height="${height}" style="border:1px solid #d0d7de;border-radius:6px"></iframe>`;
  display({ 'text/html': frame, 'text/plain': `[page] ${caption}, ${(html.length / 1e6).toFixed(1)} MB: shown where HTML is` });
}
