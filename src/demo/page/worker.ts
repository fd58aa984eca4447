// The worker that computes, so that the page never stands still: chooses the backend, loads the weights, answers clip after clip.
import { framesPerClip } from '../../config.ts';
import { chooseBackend } from './backends.ts';
import { loadNetwork, type Network } from './compute.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

interface Port { postMessage(message: FromWorker): void; addEventListener(type: 'message', listener: (event: { readonly data: ToWorker }) => void): void; readonly location: { readonly href: string } }
const port = globalThis as unknown as Port;

let network: Network | undefined;
/** One after the other: the backend is asked once at a time. */
let turn: Promise<void> = Promise.resolve();

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const progress = (text: string): void => { port.postMessage({ type: 'progress', text }); };

port.addEventListener('message', ({ data }) => {
  turn = turn.then(() => (data.type === 'start' ? start(data) : run(data)));
});

async function start({ experiment, weights, backends }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  try {
    progress('looking for what can compute');
    const chosen = await chooseBackend(backends, new URL('./', port.location.href).href);
    network = loadNetwork(experiment, await download(weights));
    progress('first pass, which prepares the backend');
    await network.run(new Uint8Array(framesPerClip(experiment) * experiment.imageSize ** 2 * 3));
    port.postMessage({ type: 'ready', ...chosen });
  } catch (error) {
    port.postMessage({ type: 'failure', message: messageOf(error) });
  }
}

async function run({ id, images }: Extract<ToWorker, { type: 'run' }>): Promise<void> {
  try {
    if (!network) throw new Error('the network is not loaded');
    port.postMessage({ type: 'output', id, output: await network.run(images) });
  } catch (error) {
    port.postMessage({ type: 'failure', id, message: messageOf(error) });
  }
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok || !response.body) throw new Error(`${url}: cannot be fetched (${response ? response.status : 'is the server still there?'})`);
  const total = Number(response.headers.get('content-length') ?? 0), parts: Uint8Array[] = [];
  const reader = response.body.getReader();
  let done = 0;
  for (let part = await reader.read(); part.value !== undefined; part = await reader.read()) {
    parts.push(part.value);
    done += part.value.length;
    progress(`weights: ${(done / 1e6).toFixed(1)}${total > 0 ? ` of ${(total / 1e6).toFixed(1)}` : ''} MB`);
  }
  const bytes = new Uint8Array(done);
  parts.reduce((at, part) => { bytes.set(part, at); return at + part.length; }, 0);
  return bytes;
}
