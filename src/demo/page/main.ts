// The page: reads what was written beside it, starts the worker that computes, and takes clips from three places to it.
import { classColours, EXPRESSION_COLOURS } from '../../figures/palette.ts';
import { DEMO_KIND, FILES, type DemoManifest } from '../manifest.ts';
import { answering } from './answering.ts';
import { cameraPanel } from './cameraPanel.ts';
import { clipsPanel } from './clipsPanel.ts';
import { byId, element } from './dom.ts';
import { folderPanel } from './folderPanel.ts';
import { BACKENDS, type BackendName } from './protocol.ts';
import type { SeenClip } from './seen.ts';
import { tabs } from './tabs.ts';

function problem(text: string): void {
  byId('alert').textContent = text;
  byId('alert').hidden = text === '';
}

async function readManifest(): Promise<DemoManifest> {
  if (location.protocol === 'file:') throw new Error('browsers let no page of the disk compute like this: serve it with ial demo --out THIS-FOLDER --serve');
  const response = await fetch(FILES.manifest).catch(() => undefined);
  if (!response?.ok) throw new Error(`${FILES.manifest} cannot be fetched: is the server still there?`);
  const manifest = await response.json() as DemoManifest;
  if (manifest.kind !== DEMO_KIND) throw new Error(`${FILES.manifest} is of another version: write the demo again`);
  return manifest;
}

/** Palette of the figures. */
const colourIn = ({ labelNames }: DemoManifest): ((label: number) => string) => {
  const colours = classColours(labelNames);
  return (label) => colours[label] ?? EXPRESSION_COLOURS.neutral;
};

function describe({ run, epoch, dataset, experiment, caveats, hasLicensedFrames }: DemoManifest): void {
  const { preset, numSegments, framesPerSegment, imageSize } = experiment;
  document.title = `Try it: ${run}`;
  byId('run').textContent = `${run}, epoch ${epoch} · ${dataset} · preset ${preset}, ${numSegments} × ${framesPerSegment} frames of ${imageSize} × ${imageSize}`;
  byId('caveats').replaceChildren(...caveats.map((text) => element('p', {}, text)));
  byId('banner').hidden = !hasLicensedFrames;
}

function askedBackend(): BackendName | undefined {
  const asked = new URLSearchParams(location.search).get('backend');
  return BACKENDS.find((name) => name === asked);
}

async function main(): Promise<void> {
  const manifest = await readManifest();
  const { experiment: config, clips, labelNames } = manifest;
  describe(manifest);
  const colourOf = colourIn(manifest), answers = answering(manifest, colourOf, problem);
  const chosen = clipsPanel({ config, clips, labelNames, colourOf, onClip: answers.ask, onProblem: problem });
  const elsewhere = (clip: SeenClip): Promise<void> => { chosen.release(); return answers.ask(clip); };
  const camera = cameraPanel({ config, caveat: manifest.caveats[0]!, onClip: elsewhere, onProblem: problem });
  byId('panel-clips').replaceChildren(chosen.node);
  byId('panel-folder').replaceChildren(folderPanel({ config, onClip: elsewhere, onProblem: problem }));
  byId('panel-camera').replaceChildren(camera.node);
  const open = tabs(['clips', 'folder', 'camera'], (name) => { problem(''); if (name !== 'camera') camera.stop(); });
  open(clips.length > 0 ? 'clips' : 'folder');
  document.querySelector('main')!.hidden = false;
  await answers.start(askedBackend());
  if (answers.isIdle()) chosen.chooseFirst();
}

main().catch((error: unknown) => { byId('status').textContent = 'not running'; problem((error as Error).message); });
