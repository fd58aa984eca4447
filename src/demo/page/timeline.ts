// The frames that the network saw, in a row; above each other in time: the true intensity and the weights of the two GCA blocks.
// One frame is looked at: by the pointer, the slider, or as the clip plays.
import { byId, element, pictures, styled } from './dom.ts';
import { heatOf, heatPixels, heatText, reachOf, type Heat } from './heat.ts';
import { createPlayer } from './player.ts';
import { GCA_LAYERS, type Output } from './protocol.ts';
import type { SeenClip } from './seen.ts';

export interface TimelineView { show(clip: SeenClip, output: Output): void; clear(): void }

export function timelineView(): TimelineView {
  const rows = element('div', { class: 'rows' }), cursor = element('div', { class: 'cursor', 'aria-hidden': 'true' });
  const content = element('div', { class: 'content' }, rows, cursor), large = element('div', { class: 'large' }), reading = element('p', { class: 'quiet' });
  const details = element('details', {}, element('summary', {}, 'As a table')), table = element('div', { class: 'scroll' });
  details.append(table);
  let clip: SeenClip | undefined, heats: readonly (readonly [string, Heat])[] = [];
  const player = createPlayer((t) => {
    if (!clip) return;
    const { frames, size, images, names } = clip, length = size * size * 3;
    styled(cursor, { left: `${(100 * t) / frames}%`, width: `${100 / frames}%` });
    large.replaceChildren(pictures(images.subarray(t * length, (t + 1) * length), size, 1));
    const intensity = clip.truth?.intensity?.[t];
    const parts = [`${t + 1} of ${frames}: ${names[t]!}`, ...intensity === undefined ? [] : [`true intensity ${intensity.toFixed(2)}`], ...heats.map(([layer, heat]) => `${layer} weights ${heat.strengths[t]!.toFixed(3)} from 1 on average`)];
    reading.textContent = parts.join(' · ');
  });
  content.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = content.getBoundingClientRect();
    if (clip) player.goTo(Math.floor(((clientX - left) / width) * clip.frames));
  });
  byId('timeline').replaceChildren(element('div', { class: 'viewer' }, large, element('div', {}, player.node, reading)), element('div', { class: 'chart' }, content), details);
  return {
    show(next, output) {
      const isSame = clip?.frames === next.frames && next.isLive === true;
      clip = next;
      heats = GCA_LAYERS.flatMap((layer) => { const weights = output.gca[layer]; return weights ? [[layer, heatOf(weights, next.frames)] as const] : []; });
      rows.replaceChildren(frameRow(next), ...intensityRow(next), ...GCA_LAYERS.flatMap((layer) => heatRow(layer, heats.find(([name]) => name === layer)?.[1])));
      table.replaceChildren(frameTable(next, heats));
      player.load(next.frames, isSame ? undefined : 0, next.isLive === true);
    },
    clear() { clip = undefined; heats = []; rows.replaceChildren(); large.replaceChildren(); table.replaceChildren(); reading.textContent = ''; player.stop(); },
  };
}

const row = (title: string, legend: string, content: HTMLElement | SVGElement): HTMLElement =>
  element('div', { class: 'line' }, element('div', { class: 'title' }, element('span', {}, title), element('span', { class: 'quiet' }, legend)), content);

function frameRow({ images, size, frames, caption }: SeenClip): HTMLElement {
  const canvas = pictures(images, size, frames);
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `The ${frames} frames that the network saw of ${caption}`);
  return row('frames', `${size} × ${size} pixels each`, canvas);
}

const SVG = 'http://www.w3.org/2000/svg';

/** A bar a frame. */
function intensityRow({ truth, frames }: SeenClip): HTMLElement[] {
  const intensity = truth?.intensity;
  if (!intensity) return [];
  const chart = document.createElementNS(SVG, 'svg');
  chart.setAttribute('viewBox', `0 0 ${frames} 1`);
  chart.setAttribute('preserveAspectRatio', 'none');
  chart.setAttribute('role', 'img');
  chart.setAttribute('aria-label', `True intensity: ${intensity.map((value) => value.toFixed(2)).join(', ')}`);
  intensity.forEach((value, t) => {
    const bar = document.createElementNS(SVG, 'rect');
    for (const [name, number] of Object.entries({ x: t + 0.08, y: 1 - value, width: 0.84, height: value })) bar.setAttribute(name, String(number));
    chart.append(bar);
  });
  return [row('true intensity', `peak ${truth.peak?.toFixed(2) ?? ''} of 1`, chart)];
}

function heatRow(layer: string, heat: Heat | undefined): HTMLElement[] {
  if (!heat) return [row(`GCA ${layer}`, '', element('p', { class: 'quiet' }, `this run has no GCA in ${layer}`))];
  const canvas = element('canvas', { width: heat.frames, height: heat.channels, class: 'heat', role: 'img', 'aria-label': heatText(`GCA ${layer}`, heat) });
  canvas.getContext('2d')!.putImageData(new ImageData(heatPixels(heat), heat.frames, heat.channels), 0, 0);
  return [row(`GCA ${layer}`, `${heat.channels} channels, most opened on top; ${heat.low.toFixed(2)} to ${heat.high.toFixed(2)}`, canvas), scaleLine(heat)];
}

function scaleLine(heat: Heat): HTMLElement {
  const reach = reachOf(heat), ends = [1 - reach, 1, 1 + reach].map((value) => element('span', {}, value.toFixed(2)));
  return element('div', { class: 'line', 'aria-hidden': 'true' }, element('div', { class: 'title' }), element('div', { class: 'scale quiet' }, ends[0]!, element('span', { class: 'gradient' }), ends[2]!, element('span', {}, '· a channel of weight 1 passes as it is (white)')));
}

function frameTable({ frames, names, truth }: SeenClip, heats: readonly (readonly [string, Heat])[]): HTMLElement {
  const columns = ['frame', ...truth?.intensity ? ['true intensity'] : [], ...heats.flatMap(([layer]) => [`${layer}, mean distance of weights from 1`])];
  const cells = (t: number): string[] => [...truth?.intensity ? [truth.intensity[t]!.toFixed(2)] : [], ...heats.map(([, heat]) => heat.strengths[t]!.toFixed(3))];
  return element('table', {},
    element('caption', { class: 'unseen' }, 'Each frame that the network saw'),
    element('thead', {}, element('tr', {}, ...columns.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...Array.from({ length: frames }, (_, t) => element('tr', {}, element('th', { scope: 'row' }, `${t + 1}: ${names[t]!}`), ...cells(t).map((text) => element('td', { class: 'number' }, text))))));
}
