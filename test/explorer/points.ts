// A page of many points, made without a run: for frame rates.
import { EXPRESSION_COLOURS } from '../../src/figures/palette.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { random } from '../../src/random.ts';
import { toBase64 } from '../../src/explorer/base64.ts';
import type { PageData } from '../../src/explorer/types.ts';

export function manyPoints(count: number): PageData {
  const rng = random(1, 'points', count), labels = Array.from({ length: count }, (_, i) => i % 7), k = 15;
  const positions = Float32Array.from({ length: 2 * count }, (_, i) => {
    const angle = (labels[i >> 1]! * 2 * Math.PI) / 7;
    return 0.6 * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + rng.normal(0, 0.14);
  });
  const logits = Float32Array.from({ length: 7 * count }, (_, i) => rng.normal() + (i % 7 === labels[Math.floor(i / 7)] ? 1.5 : 0));
  const space = { kind: 'half', width: 2, kept: 2, values: toBase64(new Uint16Array(2 * count)), scale: 1, lengths: toBase64(new Float32Array(count)), error: { median: 0, largest: 0, pairs: 0 } } as const;
  return {
    version: 1, split: 'test', datasetName: 'dfew', isSynthetic: true, labelNames: EXPRESSIONS, colours: EXPRESSIONS.map((name) => EXPRESSION_COLOURS[name]),
    ids: labels.map((_, i) => String(i).padStart(6, '0')), labels, attributes: [], intensity: null, frames: null, map: 'random points', notes: [],
    runs: [{ name: `${count} points`, what: 'random', fold: 1, seed: 1, isLeaky: false, snapshots: [{
      epoch: 1, positions: toBase64(positions), disparity: 0, logits: toBase64(logits), space, separation: null,
      neighbours: { k, indices: toBase64(Uint32Array.from({ length: k * count }, (_, i) => (Math.floor(i / k) + 1 + (i % k)) % count)), distances: toBase64(new Float32Array(k * count).fill(1)) },
    }] }],
  };
}
