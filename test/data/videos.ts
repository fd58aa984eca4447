// Small videos for the tests, where ffmpeg is there.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** A lossless video of 8 x 6 pixels whose frame i is of the grey 10 i. */
export function makeVideo(file: string, frames: number, args: readonly string[] = []): void {
  const raw = Buffer.concat(Array.from({ length: frames }, (_, i) => Buffer.alloc(8 * 6 * 3, 10 * i)));
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '8x6', '-r', '30', '-i', 'pipe:0', ...args, '-c:v', 'ffv1', '-pix_fmt', 'bgr0', file], { input: raw, encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
}
