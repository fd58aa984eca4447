// Figures of GCA's channel weights: over the frames of one clip, their spread, and how they go with the true intensity.
import type { ChannelLink, IntensityLinks, Variation } from '../evaluate/attention.ts';
import { axis, FAINT, INK, layout, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export interface AttentionFigureOptions {
  /** The finding; computed by default where that is possible. */
  readonly title?: string;
  readonly subtitle?: string;
}

export interface ChannelCurve {
  readonly name: string;
  /** w_t of each frame. */
  readonly frame: readonly number[];
  /** Mean of w_t. */
  readonly clip: number;
  /** s_t: what scales the channel. */
  readonly scale: readonly number[];
}

const round = (value: number): number => Number(value.toPrecision(4));
const suffix = (panel: number): string => (panel === 0 ? '' : String(panel + 1));

/** One panel a channel over the frames of a clip, the frames' true intensity below where it is known. */
export function channelCurvesFigure(channels: readonly ChannelCurve[], intensity: readonly number[] | undefined, { title = curvesFinding(channels), subtitle }: AttentionFigureOptions = {}): Figure {
  const panels = channels.length, gap = 0.06, width = (1 - gap * (panels - 1)) / panels, bottom = intensity ? 0.34 : 0;
  const all = channels.flatMap(({ frame, scale }) => [...frame, ...scale]), pad = 0.08 * (Math.max(...all) - Math.min(...all) || 0.1), range = [Math.min(...all) - pad, Math.max(...all) + pad];
  const ticks = { tickvals: (intensity ?? channels[0]?.frame ?? []).map((_, t) => t + 1).filter((t) => t % 2 === 1) };
  return {
    data: channels.flatMap((channel, p) => [...weightLines(channel, p), ...intensity ? [intensityLine(intensity, p, panels)] : []]),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 330,
      ...Object.assign({}, ...channels.map((_, p) => ({
        [`xaxis${suffix(p)}`]: axis(intensity ? '' : 'frame', { ...ticks, domain: [p * (width + gap), p * (width + gap) + width], anchor: `y${suffix(p)}`, showticklabels: !intensity }),
        [`yaxis${suffix(p)}`]: axis(p === 0 ? 'weight (1: unchanged)' : '', { domain: [bottom, 0.93], range, anchor: `x${suffix(p)}` }),
        ...intensity && {
          [`xaxis${suffix(panels + p)}`]: axis('frame', { ...ticks, domain: [p * (width + gap), p * (width + gap) + width], anchor: `y${suffix(panels + p)}` }),
          [`yaxis${suffix(panels + p)}`]: axis(p === 0 ? 'intensity' : '', { domain: [0, 0.24], range: [0, 1.05], anchor: `x${suffix(panels + p)}`, nticks: 3 }),
        },
      }))),
      annotations: channels.map(({ name }, p) => ({ text: `<b>${name}</b>`, xref: `x${suffix(p)} domain`, yref: `y${suffix(p)} domain`, x: 0, y: 1, xanchor: 'left', yanchor: 'bottom', showarrow: false, font: { size: 12.5 } })),
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.2, yanchor: 'top' },
    }),
  };
}

function weightLines({ frame, clip, scale }: ChannelCurve, panel: number): Trace[] {
  const x = frame.map((_, t) => t + 1), grey = runStyle(0, 2).colour, blue = runStyle(1, 2).colour, orange = runStyle(2, 3).colour;
  const line = (name: string, y: readonly number[], own: Readonly<Record<string, unknown>>): Trace => ({ type: 'scatter', name, legendgroup: name, showlegend: panel === 0, xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}`, x, y: y.map(round), hovertemplate: `frame %{x}: %{y:.3f}<extra>${name}</extra>`, ...own });
  return [
    line('of the frame, w<sub>t</sub>', frame, { mode: 'lines+markers', line: { color: grey, dash: 'dot', width: 1.5 }, marker: { symbol: 'circle-open', size: 6, color: grey } }),
    line('of the clip, mean of w<sub>t</sub>', frame.map(() => clip), { mode: 'lines', line: { color: orange, dash: 'dash', width: 2 } }),
    line('applied, s<sub>t</sub> = √(w<sub>t</sub> · mean)', scale, { mode: 'lines+markers', line: { color: blue, width: 2 }, marker: { size: 6, color: blue } }),
  ];
}

const intensityLine = (intensity: readonly number[], panel: number, panels: number): Trace => ({
  type: 'scatter', mode: 'lines', name: 'true intensity', showlegend: false, xaxis: `x${suffix(panels + panel)}`, yaxis: `y${suffix(panels + panel)}`,
  x: intensity.map((_, t) => t + 1), y: intensity.map(round), fill: 'tozeroy', fillcolor: '#e3e6ea', line: { color: INK, width: 1.5 }, hovertemplate: 'frame %{x}: intensity %{y:.2f}<extra></extra>',
});

function curvesFinding(channels: readonly ChannelCurve[]): string {
  if (channels.length === 0) return 'No channels';
  const widest = channels.reduce((a, b) => (swing(b.scale) > swing(a.scale) ? b : a));
  return `Within this clip the weights of ${channels.length} channels move by at most ${swing(widest.scale).toFixed(2)} (${widest.name})`;
}

const swing = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

export interface VariationRow {
  /** Block and network, e.g. "layer2, trained". */
  readonly name: string;
  readonly isTrained: boolean;
  readonly variation: Variation;
}

const SOURCES = [['channels', 'between channels<br>(a constant)'], ['clips', 'between clips'], ['frames', 'between frames<br>of a clip']] as const;

/** Standard deviations of w_t with their intervals: what is the same for all clips, what a clip has, what a frame has. */
export function variationFigure(rows: readonly VariationRow[], { title = variationFinding(rows), subtitle }: AttentionFigureOptions = {}): Figure {
  const untrained = rows.filter(({ isTrained }) => !isTrained).length;
  return {
    data: rows.map(({ name, isTrained, variation }, r) => {
      const index = rows.slice(0, r).filter((row) => row.isTrained === isTrained).length, { colour, pattern } = runStyle(isTrained ? 1 + index : 0, rows.length);
      const shade = isTrained ? colour : ['#b6bcc4', '#8c959f'][index % 2]!;
      return {
        type: 'bar', name, x: SOURCES.map(([, label]) => label), y: SOURCES.map(([key]) => round(variation[key].estimate)),
        error_y: { type: 'data', symmetric: false, array: SOURCES.map(([key]) => round(variation[key].high - variation[key].estimate)), arrayminus: SOURCES.map(([key]) => round(variation[key].estimate - variation[key].low)), color: INK, thickness: 1.2, width: 3 },
        marker: { color: shade, pattern: { shape: isTrained ? pattern : '/', bgcolor: shade, fgcolor: '#ffffff', solidity: 0.2, size: 6 }, line: { color: shade, width: 1 } },
        hovertemplate: `%{y:.3f}<extra>${name}</extra>`,
      };
    }),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 320, barmode: 'group', bargap: 0.3, bargroupgap: 0.08,
      xaxis: axis('', { ticks: '' }), yaxis: axis('standard deviation of w<sub>t</sub>', { rangemode: 'tozero' }), showlegend: rows.length > 1 || untrained > 0,
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.2, yanchor: 'top' },
    }),
  };
}

function variationFinding(rows: readonly VariationRow[]): string {
  const trained = rows.filter(({ isTrained }) => isTrained);
  if (trained.length === 0) return 'No trained network';
  const text = trained.map(({ name, variation: { clips, frames } }) => `${name.split(',')[0]}: ${small(clips.estimate)} between clips, ${small(frames.estimate)} between frames`);
  return `How far weights around 1 differ (standard deviation). ${text.join('; ')}`;
}

const small = (value: number): string => (value < 0.001 ? 'below 0.001' : value.toFixed(3));

export interface LinkPanel { readonly name: string; readonly links: IntensityLinks }

/** Every channel's rank correlation with the true intensity, sorted, and the band that chance reaches with the largest of all channels. */
export function linksFigure(panels: readonly LinkPanel[], { title = linksFinding(panels), subtitle }: AttentionFigureOptions = {}): Figure {
  const gap = 0.08, width = (1 - gap * (panels.length - 1)) / panels.length, limit = Math.min(1, 1.15 * Math.max(0.1, ...panels.flatMap(({ links }) => [links.threshold, ...links.links.map(({ rho }) => Math.abs(rho))])));
  return {
    data: panels.flatMap(({ links }, p) => layersOf(links).map((layer, l) => linkMarks(links, layer, l, p))),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 340,
      ...Object.assign({}, ...panels.map((_, p) => ({
        [`xaxis${suffix(p)}`]: axis('channels, sorted', { domain: [p * (width + gap), p * (width + gap) + width], anchor: `y${suffix(p)}`, showticklabels: false, ticks: '', showgrid: false }),
        [`yaxis${suffix(p)}`]: axis(p === 0 ? 'rank correlation with intensity' : '', { range: [-limit, limit], anchor: `x${suffix(p)}`, zeroline: true, zerolinecolor: FAINT }),
      }))),
      shapes: panels.map(({ links: { threshold } }, p) => ({ type: 'rect', layer: 'below', xref: `x${suffix(p)} domain`, yref: `y${suffix(p)}`, x0: 0, x1: 1, y0: -threshold, y1: threshold, fillcolor: '#e3e6ea', line: { width: 0 } })),
      annotations: panels.map(({ name }, p) => ({ text: `<b>${name}</b>`, xref: `x${suffix(p)} domain`, yref: `y${suffix(p)} domain`, x: 0, y: 1, xanchor: 'left', yanchor: 'bottom', showarrow: false, font: { size: 12.5 } })),
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.14, yanchor: 'top' },
    }),
  };
}

const layersOf = ({ links }: IntensityLinks): string[] => [...new Set(links.map(({ layer }) => layer))];

/** Significance below 5 %, corrected for all channels. */
export const isLinked = ({ p }: ChannelLink): boolean => p < 0.05;

function linkMarks({ links }: IntensityLinks, layer: string, index: number, panel: number): Trace {
  const sorted = links.toSorted((a, b) => a.rho - b.rho), shown = sorted.flatMap((link, rank) => (link.layer === layer ? [{ link, rank }] : [])), { colour, symbol } = runStyle(index + 1, 3);
  return {
    type: 'scatter', mode: 'markers', name: layer, legendgroup: layer, showlegend: panel === 0, xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}`,
    x: shown.map(({ rank }) => rank), y: shown.map(({ link }) => round(link.rho)),
    marker: { symbol, size: 7, color: shown.map(({ link }) => (isLinked(link) ? colour : '#ffffff')), line: { color: colour, width: 1.5 } },
    text: shown.map(({ link }) => `channel ${link.channel}: ρ ${link.rho.toFixed(2)}, p ${link.p.toFixed(3)}`), hovertemplate: `%{text}<extra>${layer}</extra>`,
  };
}

function linksFinding(panels: readonly LinkPanel[]): string {
  const parts = panels.map(({ name, links: { links } }) => {
    const linked = links.filter(isLinked), [strongest] = linked.toSorted((a, b) => Math.abs(b.rho) - Math.abs(a.rho));
    return `${name} ${linked.length === 0 ? 'none' : linked.length} of ${links.length}${strongest ? ` (strongest ρ ${strongest.rho.toFixed(2).replace('-', '−')})` : ''}`;
  });
  return `Channels that go with the true intensity beyond chance: ${parts.join(', ')}`;
}
