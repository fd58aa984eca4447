// Which frame is looked at: a slider, and a button that plays them.
import { element } from './dom.ts';

export interface Player {
  readonly node: HTMLElement;
  /** @param at the frame to look at, undefined for the one that is looked at; a live clip is not played */
  load(frames: number, at: number | undefined, isLive: boolean): void;
  goTo(frame: number): void;
  stop(): void;
}

const FRAMES_PER_SECOND = 5;

/** @param onFrame hears the frame, from 0 */
export function createPlayer(onFrame: (frame: number) => void): Player {
  const slider = element('input', { type: 'range', min: 1, max: 1, value: 1, 'aria-label': 'Frame' }), play = element('button', {}, 'Play');
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = (): void => { slider.setAttribute('aria-valuetext', `frame ${slider.value} of ${slider.max}`); onFrame(Number(slider.value) - 1); };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    play.textContent = 'Play';
  };
  const start = (): void => {
    play.textContent = 'Pause';
    timer = setInterval(() => { slider.value = String((Number(slider.value) % Number(slider.max)) + 1); look(); }, 1000 / FRAMES_PER_SECOND);
  };
  slider.addEventListener('input', look);
  play.addEventListener('click', () => { if (timer === undefined) start(); else stop(); });
  return {
    node: element('div', { class: 'row' }, play, slider),
    load(frames, at, isLive) {
      if (isLive) stop();
      play.hidden = isLive;
      slider.max = String(frames);
      if (isLive) slider.value = String(frames);
      else if (at !== undefined) slider.value = String(at + 1);
      look();
    },
    goTo(frame) {
      slider.value = String(frame + 1);
      look();
    },
    stop,
  };
}
