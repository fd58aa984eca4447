// The clips that came with the page, a button each.
import type { ExperimentConfig } from '../../config.ts';
import type { DemoClip } from '../manifest.ts';
import { element, pictures, styled } from './dom.ts';
import { decodePicture } from './pixels.ts';
import type { SeenClip } from './seen.ts';

export interface ClipsPanelOptions {
  readonly config: ExperimentConfig;
  readonly clips: readonly DemoClip[];
  readonly labelNames: readonly string[];
  readonly colourOf: (label: number) => string;
  readonly onClip: (clip: SeenClip) => Promise<void>;
  readonly onProblem: (text: string) => void;
}

export interface ClipsPanel {
  readonly node: HTMLElement;
  /** Chooses the first clip, when there is one. */
  chooseFirst(): void;
  /** Marks that none is shown any more. */
  release(): void;
}

export function clipsPanel({ config, clips, labelNames, colourOf, onClip, onProblem }: ClipsPanelOptions): ClipsPanel {
  const buttons = clips.map((clip) => {
    const { label } = clip, peak = peakOf(clip);
    return styled(element('button', { class: 'clip', 'aria-pressed': 'false' },
      element('span', { class: 'thumbnail' }),
      element('span', { class: 'label' }, labelNames[label]!),
      element('span', { class: 'quiet' }, peak === undefined ? clip.id : `${clip.id} · peak ${peak.toFixed(2)}`)), { '--class': colourOf(label) });
  });
  let wanted = -1;
  const press = (i: number): void => { buttons.forEach((button, at) => { button.setAttribute('aria-pressed', String(at === i)); }); };
  const release = (): void => { wanted = -1; press(-1); };
  const choose = async (i: number): Promise<void> => {
    wanted = i;
    try {
      const clip = await openClip(clips[i]!, config);
      if (wanted !== i) return; // another was chosen meanwhile
      press(i);
      await onClip(clip);
    } catch (error) {
      if (wanted === i) onProblem(`${clips[i]!.file}: ${(error as Error).message}`);
    }
  };
  buttons.forEach((button, i) => { button.addEventListener('click', () => { void choose(i); }); });
  void showThumbnails(clips, config, buttons);
  const hint = clips.length === 0 ? 'No clips came with this page; give it frames or the camera.' : `Clips of the test split, ${clips.length > labelNames.length && clips.some((clip) => peakOf(clip) !== undefined) ? 'weak and strong ones' : 'as many'} of each expression, chosen by their true labels and not by what the network says.`;
  return {
    node: element('div', {}, element('p', { class: 'quiet' }, hint), element('div', { class: 'clips' }, ...buttons)),
    chooseFirst() { if (clips.length > 0) void choose(0); },
    release,
  };
}

const peakOf = ({ intensity }: DemoClip): number | undefined => (intensity && intensity.length > 0 ? Math.max(...intensity) : undefined);

async function openClip(clip: DemoClip, config: ExperimentConfig): Promise<SeenClip> {
  const response = await fetch(clip.file);
  if (!response.ok) throw new Error('cannot be fetched (is the server still there?)');
  const { data } = await decodePicture(await response.blob());
  const { intensity, logits, label, indices, id, frameCount } = clip, frames = indices.length, peak = peakOf(clip);
  if (data.length !== frames * config.imageSize ** 2 * 3) throw new Error('not the frames that were written');
  return {
    caption: `clip ${id}, ${frames} of ${frameCount} frames`, images: data, frames, size: config.imageSize, names: indices.map((index) => `frame ${index + 1}`), notes: [],
    truth: { label, ...logits && { logits }, ...intensity && intensity.length === frameCount && { intensity: indices.map((index) => intensity[index]!) }, ...peak !== undefined && { peak } },
  };
}

/** The frame of each clip in which it shows most. */
async function showThumbnails(clips: readonly DemoClip[], config: ExperimentConfig, buttons: readonly HTMLButtonElement[]): Promise<void> {
  for (const [i, clip] of clips.entries()) {
    const shown = await openClip(clip, config).catch(() => undefined);
    if (!shown) continue; // said when it is chosen
    const curve = shown.truth?.intensity, best = curve ? curve.indexOf(Math.max(...curve)) : shown.frames >> 1, length = config.imageSize ** 2 * 3;
    buttons[i]!.querySelector('.thumbnail')!.append(pictures(shown.images.subarray(best * length, (best + 1) * length), config.imageSize, 1));
  }
}
