// Writes a demo's folder: the page, its scripts, tfjs' WebAssembly, the run's weights and some clips. Everything is beside each
// other, is written in a folder beside and put into place by one rename.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { selectedCheckpoint } from '../experiments/evaluation.ts';
import { pageScript } from '../explorer/pageScript.ts';
import { replaceFolder, temporaryName, writeFlushed } from '../files/atomic.ts';
import { fileError } from '../files/failure.ts';
import { encodeJson } from '../files/json.ts';
import { openRun, type Run } from '../runs/run.ts';
import { encodeSafetensors } from '../runs/safetensors.ts';
import { caveatsOf, datasetText } from './caveats.ts';
import { CONTENT_SECURITY_POLICY, DEMO_KIND, FILES, type DemoManifest } from './manifest.ts';
import { shippedClips, type ShipOptions, type Shipped } from './shipped.ts';

export interface WriteDemoOptions extends ShipOptions {
  /** The run folder. */
  readonly run: string;
  readonly out: string;
}

export interface DemoReport { readonly out: string; readonly run: string; readonly epoch: number; readonly clips: number; readonly bytes: number; readonly hasLicensedFrames: boolean }

/** @throws UserError: no run, a run without weights, an `out` that holds something else, frames that cannot be read; Interrupted. */
export async function writeDemo(options: WriteDemoOptions): Promise<DemoReport> {
  const { out, onWarning } = options;
  await refuseForeign(out);
  const run = await openRun(options.run);
  const checkpoint = await weightsOrAdvice(run, onWarning);
  const shipped = await shippedClips(run, checkpoint.state.epoch, options);
  const manifest = manifestOf(run, checkpoint.state.epoch, shipped);
  const files = new Map<string, string | Uint8Array>([
    ...await pageFiles(),
    [FILES.weights, encodeSafetensors(checkpoint.weights)],
    ...shipped.clips.map(({ clip, png }) => [clip.file, png] as const),
    [FILES.manifest, `${encodeJson(manifest, FILES.manifest)}\n`],
  ]);
  throwIfInterrupted(options.signal);
  await writeFolder(out, files);
  const bytes = [...files.values()].reduce((sum, data) => sum + Buffer.byteLength(data), 0);
  return { out, run: options.run, epoch: manifest.epoch, clips: manifest.clips.length, bytes, hasLicensedFrames: manifest.hasLicensedFrames };
}

/** The folder is replaced as a whole: it must be a demo, empty, or not there. */
async function refuseForeign(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError(error, out, 'write');
  });
  if (names.length > 0 && !await isDemo(out)) throw new UserError(`${out}: expected a folder that is new, empty or an earlier demo, found ${names.length} other files; choose another --out`);
}

export const isDemo = (dir: string): Promise<boolean> => readManifest(dir).then(() => true, () => false);

/** @throws UserError where the folder holds no demo. */
export async function readManifest(dir: string): Promise<DemoManifest> {
  const text = await readFile(join(dir, FILES.manifest), 'utf8').catch(() => '');
  const found = await Promise.resolve(text).then((json) => JSON.parse(json) as Partial<DemoManifest>).catch(() => undefined);
  if (found?.kind !== DEMO_KIND) throw new UserError(`${dir}: expected a folder that ial demo wrote, found ${existsSync(dir) ? 'another' : 'none'}; make one with --run RUN`);
  return found as DemoManifest;
}

async function weightsOrAdvice(run: Run, onWarning?: (line: string) => void): Promise<Awaited<ReturnType<typeof selectedCheckpoint>>> {
  if ((await run.listCheckpoints()).length === 0) throw new UserError(`${run.dir}: has no weights (figures/runs holds runs without them); train it, or choose a run that keeps its checkpoints`);
  return selectedCheckpoint(run, onWarning);
}

function manifestOf({ dir, record }: Run, epoch: number, { clips, hasLicensedFrames }: Shipped): DemoManifest {
  const { experiment, dataset: { labelNames, isSynthetic } } = record;
  return {
    kind: DEMO_KIND, run: basename(resolve(dir)), epoch, experiment, labelNames, dataset: datasetText(record), isSynthetic,
    caveats: caveatsOf(record), hasLicensedFrames, clips: clips.map(({ clip }) => clip),
  };
}

const WASM = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];

/** Where tfjs' WebAssembly is: beside the page in a built package, in node_modules in a checkout. */
function wasmFolder(): string {
  const own = fileURLToPath(new URL('./page', import.meta.url));
  if (existsSync(join(own, WASM[0]!))) return own;
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
}

async function pageFiles(): Promise<[string, string | Uint8Array][]> {
  const asset = (name: string): URL => new URL(`./page/${name}`, import.meta.url);
  const [script, worker] = await Promise.all(['main.ts', 'worker.ts'].map((entry) => pageScript(asset(entry))));
  return [
    [FILES.page, (await readFile(asset('page.html'), 'utf8')).replace('CONTENT_SECURITY_POLICY', CONTENT_SECURITY_POLICY)], [FILES.style, await readFile(asset('page.css'), 'utf8')], [FILES.icon, await readFile(asset('icon.svg'), 'utf8')],
    [FILES.script, script!], [FILES.worker, worker!],
    ...await Promise.all(WASM.map(async (name): Promise<[string, Uint8Array]> => [name, await readFile(join(wasmFolder(), name))])),
  ];
}

async function writeFolder(out: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const temporary = temporaryName(resolve(out));
  try {
    await mkdir(temporary, { recursive: true });
    for (const [name, data] of files) await writeFlushed(join(temporary, name), data);
    await replaceFolder(temporary, resolve(out));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {}); // the first failure is the one to tell
    throw fileError(error, out, 'write');
  }
}
