// The panel for frames of one's own: a place to drop a folder on, and two dialogs.
import type { ExperimentConfig } from '../../config.ts';
import { element } from './dom.ts';
import { openFolder, type Picked } from './folder.ts';
import { fromDrop, fromInput } from './picking.ts';
import { decodePicture } from './pixels.ts';
import type { SeenClip } from './seen.ts';

export interface FolderPanelOptions {
  readonly config: ExperimentConfig;
  readonly onClip: (clip: SeenClip) => Promise<void>;
  readonly onProblem: (text: string) => void;
}

export function folderPanel({ config, onClip, onProblem }: FolderPanelOptions): HTMLElement {
  const open = async (picking: Promise<readonly Picked[]>): Promise<void> => {
    try {
      const clip = await openFolder(await picking, config, decodePicture);
      await onClip(clip);
    } catch (error) {
      onProblem((error as Error).message);
    }
  };
  const dialog = (text: string, attributes: Record<string, boolean | string>): HTMLElement => {
    const input = element('input', { type: 'file', multiple: true, class: 'unseen', ...attributes });
    input.addEventListener('change', () => {
      if (input.files && input.files.length > 0) void open(Promise.resolve(fromInput([...input.files])));
      input.value = ''; // the same folder may be chosen again
    });
    return element('label', { class: 'button' }, input, text);
  };
  const zone = element('div', { class: 'drop' },
    element('p', {}, 'Drop a folder with the frames of one clip'),
    element('div', { class: 'row' }, dialog('Choose a folder', { webkitdirectory: true }), dialog('Choose frames', { accept: 'image/jpeg,image/png,image/webp' })));
  listenToDrops(zone, (data) => { void open(fromDrop(data)); });
  return element('div', {}, zone, element('p', { class: 'quiet' }, `JPEG, PNG or WebP, in the order of their numbers; square crops of one face, as the clips have. ${config.numSegments} segments of ${config.framesPerSegment} are taken from any number of frames, and resized as in training. This browser decodes them: Chromium gives the bytes that training read; of other browsers that was not measured.`));
}

/** Anywhere on the page: a browser would open what misses the zone. */
function listenToDrops(zone: HTMLElement, onDrop: (data: DataTransfer) => void): void {
  const mark = (isOver: boolean): void => { zone.classList.toggle('over', isOver); };
  document.addEventListener('dragover', (event) => { event.preventDefault(); mark(true); });
  document.addEventListener('dragleave', () => { mark(false); });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer) onDrop(event.dataTransfer);
  });
}
