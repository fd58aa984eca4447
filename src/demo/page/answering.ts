// Clips to answers: one network at a time, another when another backend is chosen; the newest clip counts.
import { FILES, type DemoManifest } from '../manifest.ts';
import { answerView } from './answer.ts';
import { byId, element } from './dom.ts';
import { backendsFrom, connect, type NetworkClient } from './network.ts';
import { BACKEND_TEXT, BACKENDS, type BackendName } from './protocol.ts';
import type { SeenClip } from './seen.ts';
import { timelineView } from './timeline.ts';

export interface Answering {
  /** Resolves when the clip is answered, or a newer one has taken its place. A clip that comes before the network waits for it. */
  ask(clip: SeenClip): Promise<void>;
  /** Ends the network that there is and starts one, on the backend that is asked for where it works. */
  start(asked: BackendName | undefined): Promise<void>;
  /** There is a network, and no clip has come yet. */
  isIdle(): boolean;
}

/** @param say hears what is wrong, and '' when it no longer is */
export function answering(manifest: DemoManifest, colourOf: (label: number) => string, say: (problem: string) => void): Answering {
  const answer = answerView(manifest.labelNames, colourOf), timeline = timelineView(), status = byId('status'), result = byId('result');
  const choice = byId<HTMLSelectElement>('backend');
  let network: NetworkClient | undefined, newest: SeenClip | undefined, turn: Promise<void> = Promise.resolve();

  const answerOne = async (clip: SeenClip): Promise<void> => {
    const asked = network;
    if (newest !== clip || !asked) return;
    if (!clip.isLive) result.setAttribute('aria-busy', 'true');
    try {
      const output = await asked.run(clip.images);
      if (newest !== clip) return;
      answer.show(clip, output);
      timeline.show(clip, output);
    } catch (error) {
      if (asked !== network) return; // it was ended for another
      answer.clear('no answer');
      timeline.clear();
      say(`${BACKEND_TEXT[asked.backend]}: ${(error as Error).message}; choose another backend above`);
    } finally { result.removeAttribute('aria-busy'); }
  };
  const ask = (clip: SeenClip): Promise<void> => {
    say('');
    newest = clip;
    if (!network) answer.clear('waiting for the network');
    return (turn = turn.then(() => answerOne(clip)));
  };
  const start = async (asked: BackendName | undefined): Promise<void> => {
    const before = network;
    network = undefined;
    before?.close();
    choice.disabled = true;
    try {
      network = await connect({ experiment: manifest.experiment, worker: FILES.worker, weights: FILES.weights, backends: backendsFrom(asked), onProgress: (text) => { status.textContent = text; } });
      choice.value = network.backend;
      document.body.dataset['backend'] = network.backend;
      status.textContent = backendText(network);
      if (newest) await ask(newest);
    } catch (error) {
      status.textContent = `not running: ${(error as Error).message}`;
      say((error as Error).message);
    } finally { choice.disabled = false; }
  };
  choice.replaceChildren(...BACKENDS.map((name) => element('option', { value: name }, BACKEND_TEXT[name])));
  choice.addEventListener('change', () => { void start(choice.value as BackendName); });
  return { ask, start, isIdle: () => network !== undefined && newest === undefined };
}

/** Which one computes, and why not those before it. */
export const backendText = ({ backend, detail, refused }: Pick<NetworkClient, 'backend' | 'detail' | 'refused'>): string =>
  [`${BACKEND_TEXT[backend]}, float32${detail === '' ? '' : ` on ${detail}`}`, ...refused.map(({ backend: other, reason }) => `not ${BACKEND_TEXT[other]}: ${reason}`)].join('; ');
