// What is known of one clip: its frames with the intensity below, label and prediction, probabilities, the strongest rival.
import { h, percent, short, svg, swatch } from './dom.ts';
import type { Model, Snapshot } from './model.ts';
import type { State } from './state.ts';

/** Its frames as one strip, and the curve of its intensity on the same time axis. */
export function frameStrip(model: Model, clip: number): HTMLElement {
  const sprite = model.sprite(clip), curve = model.curve(clip), id = model.page.ids[clip]!;
  return h('div', { class: 'strip' },
    sprite ? framesImage(sprite, `${sprite.frames} frames of clip ${id}, in the order of time`) : model.page.frames && h('p', { class: 'quiet' }, 'no frames of this clip'),
    curve && intensityCurve(curve));
}

/** Its height is known before it is decoded, so that nothing jumps. */
function framesImage({ src, frames }: { readonly src: string; readonly frames: number }, alt: string): HTMLElement {
  const image = h('img', { src, alt, class: 'frames', draggable: 'false' });
  image.style.aspectRatio = String(frames);
  return image;
}

const WIDTH = 320, HEIGHT = 34;

function intensityCurve(curve: Uint8Array): SVGElement {
  const peak = curve.reduce((most, value) => Math.max(most, value), 0), at = curve.indexOf(peak);
  const x = (i: number): number => ((i + 0.5) / curve.length) * WIDTH, y = (value: number): number => HEIGHT - 3 - (value / 255) * (HEIGHT - 7);
  return svg('svg', { class: 'curve', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `True intensity over ${curve.length} frames, peak ${(peak / 255).toFixed(2)} at frame ${at + 1}` },
    svg('line', { class: 'rule', x1: 0, x2: WIDTH, y1: y(0), y2: y(0) }), svg('line', { class: 'rule', x1: 0, x2: WIDTH, y1: y(255), y2: y(255) }),
    svg('polyline', { class: 'line', points: Array.from(curve, (value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ') }),
    svg('line', { class: 'peak', x1: x(at), x2: x(at), y1: y(peak), y2: y(0) }));
}

/** One clip under one network state. */
export function clipFacts(model: Model, clip: number, { probabilities, predicted, rival, margin }: Snapshot): HTMLElement {
  const { labelNames, labels, colours } = model.page, classes = labelNames.length, label = labels[clip]!, own = predicted[clip]!;
  const isRight = own === label, share = (c: number): number => probabilities[clip * classes + c]!;
  const against = isRight ? rival[clip]! : own;
  return h('div', { class: 'facts' },
    h('p', { class: 'verdict' },
      h('span', {}, swatch(colours[label]!), labelNames[label]!), h('span', { class: isRight ? 'right' : 'wrong' }, isRight ? 'found' : 'taken for'), !isRight && h('span', {}, swatch(colours[own]!), labelNames[own]!)),
    h('p', { class: 'quiet' }, `strongest rival ${labelNames[against]!}, margin ${short(margin[clip]!)} logits`, model.peaks && !Number.isNaN(model.peaks[clip]!) ? `, true peak intensity ${model.peaks[clip]!.toFixed(2)}` : ''),
    h('div', { class: 'bars', role: 'list' }, ...labelNames.map((name, c) => bar(name, share(c), colours[c]!, c === label))));
}

function bar(name: string, share: number, colour: string, isLabel: boolean): HTMLElement {
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${100 * share}%`;
  fill.style.background = colour;
  return h('div', { class: isLabel ? 'bar label' : 'bar', role: 'listitem', 'aria-label': `${name} ${percent(share)}` }, h('span', { class: 'name' }, name), h('span', { class: 'track' }, fill), h('span', { class: 'value' }, percent(share)));
}

export const presentSnapshots = (model: Model, state: State): Snapshot[] => model.runs.map(({ snapshots }, r) => snapshots[state.epochs[r]!]!);

/** The card beside the mouse. */
export function hoverCard(model: Model, state: State, clip: number): HTMLElement {
  const snapshots = presentSnapshots(model, state);
  return h('div', { class: 'card' },
    h('p', { class: 'id' }, model.page.ids[clip]!, ...model.page.attributes.filter(({ values, key }) => values[clip]! >= 0 && key !== 'fold').map(({ key, names, values }) => h('span', { class: 'quiet' }, ` ${key} ${names[values[clip]!]!}`))),
    frameStrip(model, clip),
    h('div', { class: 'hover-runs' }, ...snapshots.map((snapshot, r) => h('div', { class: 'of-run' }, snapshots.length > 1 && h('p', { class: 'run-name' }, `${'AB'[r]!} · ${model.runs[r]!.data.name}`), clipFacts(model, clip, snapshot)))));
}

/** A small picture: the frame nearest the peak of the intensity, the middle one otherwise. */
export function thumbnail(model: Model, clip: number): HTMLElement {
  const sprite = model.sprite(clip), { page } = model;
  if (!sprite) { const plain = h('span', { class: 'thumb none' }); plain.style.background = page.colours[page.labels[clip]!]!; return plain; }
  const curve = model.curve(clip), share = curve ? (curve.indexOf(curve.reduce((most, value) => Math.max(most, value), 0)) + 0.5) / curve.length : 0.5;
  const frame = Math.min(sprite.frames - 1, Math.floor(share * sprite.frames));
  const image = h('img', { class: 'thumb', src: sprite.src, alt: '', loading: 'lazy', draggable: 'false' });
  image.style.objectPosition = `${sprite.frames > 1 ? (100 * frame) / (sprite.frames - 1) : 50}% 0`;
  return image;
}
