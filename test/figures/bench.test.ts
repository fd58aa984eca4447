import assert from 'node:assert/strict';
import { speedFigure, type SpeedPair } from '../../src/figures/bench.ts';
import { matchSnapshot } from './snapshot.ts';

const pair = (task: SpeedPair['task'], clips: number, precision: string, ours: number, peer: number): SpeedPair => ({ task, clips, precision, ours, peer, peerMode: 'channels_last' });
const titleOf = (figure: { layout: Readonly<Record<string, unknown>> }): string => (figure.layout['title'] as { text: string }).text;

describe('speedFigure', () => {
  const pairs = [pair('step', 2, 'f32', 400, 500), pair('step', 8, 'f32', 1710, 1800), pair('step', 8, 'bf16', 900, 1000), pair('infer', 1, 'f32', 60, 66)];

  it('draws milliseconds a clip, PyTorch beside ours', () => { matchSnapshot('speed', speedFigure(pairs, { subtitle: 'Abacus 9' })); });

  it('its finding is the range of ratios', () => {
    assert.match(titleOf(speedFigure(pairs, { subtitle: '' })), /<b>A training step takes 0\.80 to 0\.95 of PyTorch's time, inference 0\.91<\/b>/);
    assert.match(titleOf(speedFigure([], { subtitle: '' })), /No measurements of both sides/);
  });
});
