// Loads the native TensorFlow backend, once, when something first needs to compute. Reading runs, tables and figures
// never comes here, so they work where no engine is set up.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.ts';
import { cpuOps } from './cpuOps.ts';
import { planDevice, type DevicePlan } from './gpu.ts';
import { resolveEngine } from './home.ts';
import type { NativeBackend } from './kernels.ts';
import { nativeOps } from './native.ts';
import type { Ops } from './ops.ts';
import { bfloat16Support, type BFloat16Support } from './processor.ts';

export interface Engine {
  readonly ops: Ops;
  /** Of TensorFlow itself, e.g. "2.21.0". */
  readonly tensorflowVersion: string;
  readonly device: 'cpu' | 'gpu';
  /** How the device computes in bfloat16. */
  readonly bfloat16: BFloat16Support;
  /** That one operation may use: $TF_NUM_INTRAOP_THREADS, else one a core. */
  readonly threads: number;
  /** Build of this project's kernels in use, e.g. "cpu-avx2"; undefined: TensorFlow's own alone. */
  readonly kernels: string | undefined;
  /** Why a GPU that the engine was set up for is not used: one line, which loadEngine has also printed. */
  readonly note?: string;
}

let loading: Promise<Engine> | undefined;

/**
 * The native engine. Set up for a GPU, it tests the GPU first; where the GPU cannot be used, it says why in one line on
 * standard error, to a notebook and to the command line alike. @throws UserError when set-up has not been run.
 */
export const loadEngine = (): Promise<Engine> => loading ??= load();

async function load(): Promise<Engine> {
  const plan = resolveEngine() ? await planDevice() : undefined;
  const engine = await startTensorflow(plan?.build);
  const note = noteOf(engine, plan);
  if (note === undefined) return engine;
  console.warn(note);
  return { ...engine, note };
}

const noteOf = ({ device }: Engine, plan: DevicePlan | undefined): string | undefined =>
  plan?.device === 'gpu' && device === 'cpu' ? 'set up for a GPU, but TensorFlow finds none that it can use; computing on the CPU' : plan?.note;

/** Names that tfjs-node's TensorBoard functions need and that Node 23 dropped. */
function restoreNodeUtil(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
}

/** Loads TensorFlow as the environment is. `loadEngine` decides about the GPU first. */
export async function startTensorflow(build: DevicePlan['build'] = 'cpu'): Promise<Engine> {
  const home = resolveEngine();
  if (!home) throw new UserError('the native engine is not set up: run "npm run setup" (in an installed package: "npx ial setup")');
  const threads = Number(process.env['TF_NUM_INTRAOP_THREADS']) || availableParallelism();
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  process.env['TF_NUM_INTEROP_THREADS'] ??= String(operationsAtOnce(threads));
  const require = createRequire(import.meta.url);
  restoreNodeUtil(require);
  const speak = silenceConsole();
  try {
    loadQuietly(require, home.packageDir);
    require(home.packageDir);
  } catch (error) {
    throw new UserError(`the native engine does not load (${(error as Error).message.split('\n')[0]}): run "npm run setup" to build it again`);
  } finally { speak(); }
  await tf.setBackend('tensorflow');
  const { binding, isUsingGpuDevice = false } = tf.backend() as unknown as NativeBackend;
  const device = isUsingGpuDevice ? 'gpu' : 'cpu';
  // beside a build for a GPU there may be kernels of an earlier set-up, made for another TensorFlow
  const kernels = device === 'cpu' && build === 'cpu' ? registerKernels(require, home.packageDir) : undefined;
  const ops = kernels === undefined ? nativeOps(device) : cpuOps(nativeOps(device));
  return { ops, tensorflowVersion: binding.TF_Version, device, bfloat16: device === 'gpu' ? 'tiles' : bfloat16Support(), threads, kernels };
}

/** Each may use all threads: on few cores two at once push each other off them (two cores: medians a tenth to a sixth longer). */
const operationsAtOnce = (threads: number): number => Math.max(1, Math.floor(threads / 2));

/** TensorFlow's library greets on stderr while it loads; set-up compiles a module that loads it in silence. */
function loadQuietly(require: NodeJS.Require, packageDir: string): void {
  const quiet = join(packageDir, 'lib/napi-v8/quiet.node');
  if (existsSync(quiet)) require(quiet);
}

/** Builds of src/engine/cpu, the one for the most able processor first. */
const KERNELS = ['cpu-amx', 'cpu-avx512bf16', 'cpu-avx512', 'cpu-avx2', 'cpu-plain'];

/**
 * IAL_CPU_KERNELS names one build to take, or "none" for TensorFlow's own kernels alone.
 * @returns the first of the builds there are that this processor can run; its operations are registered then.
 */
function registerKernels(require: NodeJS.Require, packageDir: string): string | undefined {
  const wanted = process.env['IAL_CPU_KERNELS'];
  return KERNELS.filter((name) => wanted === undefined || wanted === name).find((name) => {
    const file = join(packageDir, `lib/napi-v8/${name}.node`);
    return existsSync(file) && (require(file) as { isRegistered: boolean }).isRegistered;
  });
}

/** tfjs prints an advertisement for its native backend through console, although that is what is being loaded. */
function silenceConsole(): () => void {
  const { warn, info } = console;
  console.warn = console.info = () => {};
  return () => Object.assign(console, { warn, info });
}
