// The camera's panel: the picture with the crop box, how long the window is, and the loop that hands windows on.
import { framesPerClip, type ExperimentConfig } from '../../config.ts';
import { cropWarnings } from '../../data/cropCheck.ts';
import { resizeInto } from '../../data/resize.ts';
import { openCamera, type Camera } from './camera.ts';
import { cropBox } from './cropBox.ts';
import { element } from './dom.ts';
import { pixelsOf } from './pixels.ts';
import { rollingWindow } from './rollingWindow.ts';
import type { SeenClip } from './seen.ts';

export interface CameraPanelOptions {
  readonly config: ExperimentConfig;
  /** What the network cannot know, beside the picture. */
  readonly caveat: string;
  /** Resolves when the answer is shown: no window is handed on before. */
  readonly onClip: (clip: SeenClip) => Promise<void>;
  readonly onProblem: (text: string) => void;
}

export interface CameraPanel { readonly node: HTMLElement; stop(): void }

/** Seconds: clips of DFEW and FERV39k last one to some five. */
const SECONDS = [1, 2, 3, 5], DEFAULT_SECONDS = 2;

export function cameraPanel({ config, caveat, onClip, onProblem }: CameraPanelOptions): CameraPanel {
  const count = framesPerClip(config), size = config.imageSize, frames = rollingWindow(count), crop = cropBox();
  const video = element('video', { muted: true, playsinline: true, 'aria-label': 'Picture of the camera' });
  const stage = element('div', { class: 'stage', hidden: true }, video, crop.node);
  const start = element('button', { class: 'primary' }, 'Start the camera'), state = element('p', { class: 'quiet', role: 'status' });
  const seconds = element('select', { id: 'seconds' }, ...SECONDS.map((value) => element('option', { value, selected: value === DEFAULT_SECONDS }, `${value} s`)));
  let camera: Camera | undefined, timer: ReturnType<typeof setTimeout> | undefined, isBusy = false, notes: readonly string[] = [], asked = 0;

  const stop = (): void => {
    asked++;
    camera?.stop();
    camera = undefined;
    clearTimeout(timer);
    frames.clear();
    stage.hidden = true;
    start.textContent = 'Start the camera';
    state.textContent = '';
  };
  const take = (): void => {
    if (!camera) return;
    timer = setTimeout(take, (1000 * Number(seconds.value)) / count);
    const frame = new Uint8Array(size * size * 3);
    const picture = pixelsOf(video, video.videoWidth, video.videoHeight);
    resizeInto(picture, crop.box(), size, frame);
    notes = cropWarnings([picture], crop.box());
    frames.push(frame);
    state.textContent = frames.count() < count ? `filling the window: ${frames.count()} of ${count} frames` : `the last ${seconds.value} s as ${count} frames`;
    if (frames.count() === count && !isBusy) void handOn();
  };
  const handOn = async (): Promise<void> => {
    isBusy = true;
    const names = Array.from({ length: count }, (_, t) => `${(((t + 1 - count) * Number(seconds.value)) / count).toFixed(1)} s`);
    await onClip({ caption: `camera, the last ${seconds.value} s`, images: frames.images(), frames: count, size, names, notes, isLive: true }).finally(() => { isBusy = false; });
  };
  const begin = async (): Promise<void> => {
    const own = ++asked;
    start.disabled = true;
    try {
      const opened = await openCamera(video, (why) => { stop(); onProblem(why); });
      if (own !== asked) { opened.stop(); return; } // its tab was left while the browser asked
      camera = opened;
      crop.setExtent({ width: video.videoWidth, height: video.videoHeight });
      stage.hidden = false;
      start.textContent = 'Stop the camera';
      take();
    } catch (error) {
      if (own === asked) onProblem((error as Error).message);
    } finally { start.disabled = false; }
  };
  start.addEventListener('click', () => { if (camera) stop(); else void begin(); });
  const node = element('div', {},
    element('p', { class: 'caveat' }, caveat),
    element('div', { class: 'row' }, start, element('label', { for: 'seconds' }, 'window '), seconds),
    stage, state,
    element('p', { class: 'quiet' }, 'Put the box around one face, as the clips are cut: forehead to chin, ear to ear. Drag it, or focus it and use the arrow keys, plus and minus.'));
  return { node, stop };
}
