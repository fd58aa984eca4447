// What lies in a demo's folder: written by write.ts, read by the page and by serve.ts.
import type { ExperimentConfig } from '../config.ts';

/** Says that a folder is a demo of this project. */
export const DEMO_KIND = 'intensity-aware-workbook demo, 1';

export const FILES = { page: 'index.html', style: 'page.css', icon: 'icon.svg', script: 'page.js', worker: 'worker.js', manifest: 'demo.json', weights: 'weights.safetensors' } as const;

/** A clip that comes with the page, as the network sees it. */
export interface DemoClip {
  readonly id: string;
  /** PNG of size x (frames * size) pixels: the sampled frames, cropped and resized by the loader, one below the other. */
  readonly file: string;
  /** Index into labelNames. */
  readonly label: number;
  /** Frames that the clip has. */
  readonly frameCount: number;
  /** Which of them the network sees, from 0. */
  readonly indices: readonly number[];
  /** True intensity of every frame of the clip, 0 to 1, where it is known. */
  readonly intensity?: readonly number[];
  /** What the native engine gave when the run was evaluated. */
  readonly logits?: readonly number[];
}

export interface DemoManifest {
  readonly kind: typeof DEMO_KIND;
  /** Name of the run's folder. */
  readonly run: string;
  readonly epoch: number;
  readonly experiment: ExperimentConfig;
  readonly labelNames: readonly string[];
  /** What it was trained on, in words. */
  readonly dataset: string;
  readonly isSynthetic: boolean;
  /** What has to stand beside every probability. */
  readonly caveats: readonly string[];
  /** Frames of a licensed set are in the folder: it must not be given away. */
  readonly hasLicensedFrames: boolean;
  readonly clips: readonly DemoClip[];
}

/** Nothing but the folder's own files; WebAssembly may be compiled. tfjs' threads would need scripts from blobs, so it runs without. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' blob:", "media-src 'self' blob:",
  "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'",
].join('; ');
