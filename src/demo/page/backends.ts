// Which of the browser's ways of computing runs the network: the first that starts and multiplies matrices as it should.
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setWebGLContext } from '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-backend-webgpu';
import { random } from '../../random.ts';
import { BACKEND_TEXT, type BackendName, type Refusal, type Wanted } from './protocol.ts';

export interface Chosen { readonly backend: BackendName; readonly detail: string; readonly refused: readonly Refusal[] }

/** @param folder where the .wasm files are, with a slash at its end @throws Error with every reason where none works */
export async function chooseBackend(wanted: readonly Wanted[], folder: string): Promise<Chosen> {
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false); // threads come from blobs, which the page's policy forbids
  setWasmPaths(folder);
  const refused: Refusal[] = [];
  for (const { backend, isAsked } of wanted) {
    const reason = await refusalOf(backend, isAsked);
    if (reason === undefined) return { backend, detail: detailOf(backend), refused };
    refused.push({ backend, reason });
  }
  throw new Error(`this browser can compute the network in no way: ${refused.map(({ backend, reason }) => `${BACKEND_TEXT[backend]}: ${reason}`).join('; ')}`);
}

async function refusalOf(backend: BackendName, isAsked: boolean): Promise<string | undefined> {
  try {
    const missing = await missingFor(backend, isAsked);
    if (missing !== undefined) return missing;
    if (!await tf.setBackend(backend)) return 'it did not start';
    if (backend === 'webgl' && !tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) return 'it has 16-bit numbers only';
    const error = await worstError();
    return error <= TOLERANCE ? undefined : `it computes wrongly (a product of matrices is off by ${error.toPrecision(1)})`;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0]! : String(error);
  }
}

interface Adapter { readonly isFallbackAdapter?: boolean; readonly info?: { readonly isFallbackAdapter?: boolean } }
interface Gpu { readonly gpu?: { requestAdapter(): Promise<Adapter | null> } }

const SOFTWARE = 'only in software here, where WebAssembly is faster';

async function missingFor(backend: BackendName, isAsked: boolean): Promise<string | undefined> {
  if (backend === 'webgpu') return missingWebGpu(isAsked);
  if (backend === 'webgl') return missingWebGl(isAsked);
  return typeof WebAssembly === 'object' ? undefined : 'this browser has none';
}

async function missingWebGpu(isAsked: boolean): Promise<string | undefined> {
  const { gpu } = navigator as Gpu;
  if (!gpu) return 'this browser has none';
  const adapter = await gpu.requestAdapter();
  if (!adapter) return 'no graphics adapter';
  const isSoftware = adapter.isFallbackAdapter === true || adapter.info?.isFallbackAdapter === true;
  return isSoftware && !isAsked ? SOFTWARE : undefined;
}

/** tfjs' own, which refuses software where it makes the context itself. */
const CONTEXT: WebGLContextAttributes = { alpha: false, antialias: false, premultipliedAlpha: false, preserveDrawingBuffer: false, depth: false, stencil: false };

function missingWebGl(isAsked: boolean): string | undefined {
  if (typeof OffscreenCanvas === 'undefined') return 'this browser has none for workers';
  if (new OffscreenCanvas(1, 1).getContext('webgl2', { ...CONTEXT, failIfMajorPerformanceCaveat: true })) return undefined;
  const software = new OffscreenCanvas(1, 1).getContext('webgl2', CONTEXT);
  if (!software) return 'this browser has no WebGL 2';
  if (!isAsked) return SOFTWARE;
  setWebGLContext(2, software as unknown as WebGLRenderingContext);
  return undefined;
}

/** float32 over 64 products of numbers up to 1 is a hundred times better. */
const TOLERANCE = 1e-4;
const SIZE = 64;

/** Of a product of matrices, against the same in JavaScript. */
async function worstError(): Promise<number> {
  const draw = random('demo', 'backend'), values = (): Float32Array => Float32Array.from({ length: SIZE * SIZE }, () => draw.uniform(-1, 1));
  const a = values(), b = values();
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(a, [SIZE, SIZE]), tf.tensor2d(b, [SIZE, SIZE])));
  const found = await product.data<'float32'>();
  product.dispose();
  return found.reduce((worst, value, i) => {
    let sum = 0;
    for (let k = 0; k < SIZE; k++) sum += a[Math.floor(i / SIZE) * SIZE + k]! * b[k * SIZE + (i % SIZE)]!;
    return Math.max(worst, Math.abs(value - sum));
  }, 0);
}

/** What computes in the end, where the browser tells. */
function detailOf(backend: BackendName): string {
  if (backend !== 'webgl') return '';
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  return gl && info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
}
