import assert from 'node:assert/strict';
import type { IntensityLinks, Variation } from '../../src/evaluate/attention.ts';
import { channelCurvesFigure, linksFigure, variationFigure } from '../../src/figures/attention.ts';
import type { Figure } from '../../src/figures/figure.ts';
import { matchSnapshot } from './snapshot.ts';

const titleOf = ({ layout }: Figure): string => (layout['title'] as { text: string }).text.replaceAll('<br>', ' ');
const variation = (size: number): Variation => {
  const interval = (estimate: number) => ({ estimate, low: 0.8 * estimate, high: 1.1 * estimate });
  return { channels: interval(size), clips: interval(2 * size), frames: interval(3 * size) };
};
const links = (rho: number, p: number): IntensityLinks => ({ clips: 40, threshold: 0.1, links: [{ layer: 'layer2', channel: 0, rho, p }, { layer: 'layer2', channel: 1, rho: 0.02, p: 1 }, { layer: 'layer3', channel: 0, rho: -0.05, p: 0.8 }] });

describe('channelCurvesFigure', () => {
  const curve = (name: string, by: number) => ({ name, frame: [1, 1 + by, 1], clip: 1 + by / 3, scale: [1, 1 + by / 2, 1] });

  it('draws frame, clip and applied weights over the frames, the intensity below', () => {
    matchSnapshot('channelCurves', channelCurvesFigure([curve('layer2, channel 3', 0.2), curve('layer3, channel 9', -0.6)], [0, 0.8, 0.1], { subtitle: 'clip 7' }));
  });

  it('says how far the weights move, and does without an intensity', () => {
    const figure = channelCurvesFigure([curve('a', 0.2), curve('b', -0.6)], undefined);
    assert.match(titleOf(figure), /of 2 channels move by at most 0\.30 \(b\)/);
    assert.equal(figure.data.length, 6);
  });
});

describe('variationFigure', () => {
  it('draws the sources of variation before and after training', () => {
    matchSnapshot('variation', variationFigure([{ name: 'layer2, untrained', isTrained: false, variation: variation(0.01) }, { name: 'layer2, trained', isTrained: true, variation: variation(0.03) }], { subtitle: '280 clips' }));
  });

  it('does not call a tiny number zero', () => {
    assert.match(titleOf(variationFigure([{ name: 'layer3, trained', isTrained: true, variation: variation(0.0001) }])), /layer3: below 0\.001 between clips, below 0\.001 between frames/);
  });
});

describe('linksFigure', () => {
  it('draws sorted correlations, full where they are beyond chance, and chance as a band', () => {
    matchSnapshot('links', linksFigure([{ name: 'within clips', links: links(0.3, 0.01) }, { name: 'between clips', links: links(0.08, 0.2) }], { subtitle: '40 clips' }));
  });

  it('counts what is beyond chance', () => {
    assert.match(titleOf(linksFigure([{ name: 'within clips', links: links(-0.3, 0.01) }, { name: 'between clips', links: links(0.08, 0.2) }])), /within clips 1 of 3 \(strongest ρ −0\.30\), between clips none of 3/);
  });
});
