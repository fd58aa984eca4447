// Worker thread: draws whole clips and writes their frames.

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { fileError } from '../../files/failure.ts';
import { ferv39kLayout } from './ferv39kLayout.ts';
import { dfewLayout } from './layout.ts';
import { describePlanned } from './plan.ts';
import type { RenderJob, RenderResult, RenderSetup } from './pool.ts';
import { frameRenderer } from './render.ts';

const { root, parameters } = workerData as RenderSetup;
const layout = parameters.layout === 'dfew' ? dfewLayout : ferv39kLayout;

async function renderClip({ clip }: RenderJob): Promise<RenderResult> {
  const description = describePlanned(parameters, clip);
  const folder = join(root, layout.clipFolder(clip.id));
  await mkdir(folder, { recursive: true });
  const render = frameRenderer(description, parameters.size);
  const frames = await Promise.all(description.intensity.map(async (_, frame) => {
    const jpeg = await render(frame);
    const file = join(folder, layout.frameName(clip.id, frame));
    await writeFile(file, jpeg).catch((error: unknown) => { throw fileError(error, file, 'write'); });
    return jpeg;
  }));
  const hash = createHash('sha256');
  for (const jpeg of frames) hash.update(jpeg);
  return { id: clip.id, frames: frames.length, bytes: frames.reduce((sum, jpeg) => sum + jpeg.length, 0), sha256: hash.digest('hex') };
}

// an error loses its class on the way between threads: the message and its kind are sent instead
parentPort!.on('message', (job: RenderJob) => {
  renderClip(job).then(
    (result) => { parentPort!.postMessage({ result }, []); },
    (error: Error) => { parentPort!.postMessage({ failure: error.message, isUserError: error.name === 'UserError' }, []); },
  );
});
