// Whether the engine may use the GPU that it was set up for. Decided before TensorFlow loads, because the environment is
// the only way to tell it; the GPU is used only where a training step on it has the CPU's numbers.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { gpuIdentity, hasNvidiaDriver } from './gpuIdentity.ts';
import { runSelfTest, selfTestArguments, type SelfTestProcess } from './gpuTest.ts';
import { engineHome } from './home.ts';

export interface DevicePlan {
  readonly device: 'cpu' | 'gpu';
  /** What set-up was made for: its build is loaded in any case. */
  readonly build: 'cpu' | 'gpu';
  /** Why a build for a GPU runs on the CPU: one line. */
  readonly note?: string;
}

/** The machine, as far as the decision needs it; tests put others here. */
export interface GpuHost {
  readonly home: string;
  /** Is changed: TensorFlow and CUDA read it. */
  readonly environment: NodeJS.ProcessEnv;
  readonly hasDriver: () => boolean;
  readonly identity: () => string | undefined;
  readonly test: (process: SelfTestProcess) => Promise<string | undefined>;
}

const realHost = (): GpuHost => ({ home: engineHome(), environment: process.env, hasDriver: hasNvidiaDriver, identity: gpuIdentity, test: runSelfTest });

/** To be raised when the test, or what it compares, changes: results of another one do not count. */
const TEST_VERSION = 1;

const DEFAULT_SECONDS = 120;

/**
 * Sets what TensorFlow reads of the environment, on a machine set up for a GPU:
 * - memory as it is needed, where TensorFlow would take all of the GPU's at once;
 * - products of float32 in float32: TF32, a GPU's default, keeps 10 bits of 23, and then `f32` would not mean f32. Its
 *   rounding turns so many ReLUs that small gradients are off by a third, and no test could tell that from a mistake;
 * - no GPU where it is missing or its self-test fails.
 */
export async function planDevice(host: GpuHost = realHost()): Promise<DevicePlan> {
  const { environment } = host;
  if (readText(join(host.home, 'device')) !== 'gpu') return { device: 'cpu', build: 'cpu' };
  environment['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  environment['NVIDIA_TF32_OVERRIDE'] ??= '0';
  const problem = await whyNot(host);
  if (problem === undefined) return { device: 'gpu', build: 'gpu' };
  environment['CUDA_VISIBLE_DEVICES'] = '-1'; // processes that this one starts inherit it and need no test of their own
  return { device: 'cpu', build: 'gpu', note: `${problem}; computing on the CPU` };
}

/** Why the GPU must not be used, or undefined. */
async function whyNot(host: GpuHost): Promise<string | undefined> {
  const visible = host.environment['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined && /^\s*(?:-1.*)?$/.test(visible)) return `set up for a GPU, none is visible: CUDA_VISIBLE_DEVICES is "${visible}"`;
  if (!host.hasDriver()) return 'set up for a GPU, none is visible: no NVIDIA driver is loaded';
  const seconds = secondsOf(host.environment);
  if (seconds === 0) return undefined;
  const key = resultKey(host);
  if (key !== undefined && passedBefore(host.home).includes(key)) return undefined;
  const failure = await host.test({ command: process.execPath, args: selfTestArguments(), environment: testEnvironment(host.environment), seconds });
  if (failure !== undefined) return `the GPU is not used: its self-test failed: ${failure}`;
  if (key !== undefined) await remember(host.home, key);
  return undefined;
}

/** IAL_GPU_TEST_SECONDS: how long the test may take; 0 uses the GPU untested. What is no number is as if not set. */
function secondsOf({ IAL_GPU_TEST_SECONDS: text = '' }: NodeJS.ProcessEnv): number {
  const seconds = text.trim() === '' ? NaN : Number(text);
  return seconds >= 0 && seconds < 1e6 ? seconds : DEFAULT_SECONDS;
}

/** Warnings are wanted there: they say which library is missing. TF32 is off even where the user wants it on. */
const testEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...environment, TF_CPP_MIN_LOG_LEVEL: '1', NVIDIA_TF32_OVERRIDE: '0' });

// ---- results of earlier tests: only passed ones, since what failed may have been mended since

const resultFile = (home: string): string => join(home, 'gpu-self-test.json');

/** More machines than this hardly share one folder. */
const MOST_RESULTS = 32;

/** What a result holds for: TensorFlow, the addon, driver and GPUs, and what chooses among them. Undefined where any is unknown. */
function resultKey({ home, environment, identity }: GpuHost): string | undefined {
  const stamps = ['stamp', 'addon-stamp'].map((name) => readText(join(home, 'gpu', name)));
  const gpus = stamps.includes(undefined) ? undefined : identity();
  if (gpus === undefined) return undefined;
  const chosen = ['CUDA_VISIBLE_DEVICES', 'LD_LIBRARY_PATH'].map((name) => environment[name] ?? null);
  return createHash('sha256').update(JSON.stringify([TEST_VERSION, ...stamps, gpus, ...chosen])).digest('hex');
}

function passedBefore(home: string): string[] {
  try {
    const { passed } = JSON.parse(readText(resultFile(home)) ?? '{}') as { passed?: unknown };
    return Array.isArray(passed) ? passed.filter((key): key is string => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

/** A home that cannot be written costs a test at each start and nothing else. */
async function remember(home: string, key: string): Promise<void> {
  const passed = [key, ...passedBefore(home)].slice(0, MOST_RESULTS);
  await writeFileAtomic(resultFile(home), `${JSON.stringify({ passed })}\n`).catch(() => {});
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
