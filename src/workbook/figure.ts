// Shows a figure: interactive where the front end knows Plotly. The PNG for code hosts and exports is put beside it by
// JupyterLab when it saves, or by bin/run-notebooks.mjs: sent along from here, it would be what JupyterLab shows first.
import type { Figure } from '../figures/figure.ts';
import { display } from './host.ts';

export const PLOTLY = 'application/vnd.plotly.v1+json';

/** With an id, a later call in the same cell replaces the figure. */
export function figure({ data, layout }: Figure, id?: string): void {
  const plain = { 'text/plain': `[figure] ${titleOf(layout)}` };
  // JupyterLab's renderer draws an output only once: another type in between makes it draw anew
  if (id !== undefined) display({ 'text/plain': '' }, id);
  display({ [PLOTLY]: { data, layout, config: { responsive: true, displaylogo: false } }, ...plain }, id);
}

function titleOf(layout: Figure['layout']): string {
  const { text = '' } = (layout['title'] ?? {}) as { text?: string };
  const [, finding = text] = /<b>(.*?)<\/b>/.exec(text) ?? [];   // the rest is the subtitle
  return finding.replace(/<br>/g, ' ').replace(/<[^>]*>/g, '').trim();
}
