// What the page and the worker that computes say to each other.
import type { ExperimentConfig } from '../../config.ts';

/** In the order in which they are tried. */
export const BACKENDS = ['webgpu', 'webgl', 'wasm'] as const;
export type BackendName = (typeof BACKENDS)[number];
export const BACKEND_TEXT: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', wasm: 'WebAssembly' };

export const GCA_LAYERS = ['layer2', 'layer3'] as const;
export type GcaLayer = (typeof GCA_LAYERS)[number];

/** Weights by which a GCA block rescales channels, [frames, channels], each about 0 to 2. */
export interface GcaWeights { readonly channels: number; readonly values: Float32Array }

export interface Output {
  readonly logits: readonly number[];
  /** Absent for a layer without GCA. */
  readonly gca: Readonly<Partial<Record<GcaLayer, GcaWeights>>>;
  /** Of the network alone. */
  readonly ms: number;
}

/** In software only a backend is slower than WebAssembly: it is passed over unless the user asked for it. */
export interface Wanted { readonly backend: BackendName; readonly isAsked: boolean }

/** A backend that was tried and is not used. */
export interface Refusal { readonly backend: BackendName; readonly reason: string }

export type ToWorker =
  | { readonly type: 'start'; readonly experiment: ExperimentConfig; readonly weights: string; readonly backends: readonly Wanted[] }
  /** [frames, size, size, 3] */
  | { readonly type: 'run'; readonly id: number; readonly images: Uint8Array };

export type FromWorker =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'ready'; readonly backend: BackendName; readonly detail: string; readonly refused: readonly Refusal[] }
  | { readonly type: 'output'; readonly id: number; readonly output: Output }
  /** Without an id the network cannot be used at all. */
  | { readonly type: 'failure'; readonly id?: number; readonly message: string };
