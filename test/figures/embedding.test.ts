import assert from 'node:assert/strict';
import { embeddingFigure, type EmbeddingPanel } from '../../src/figures/embedding.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { matchSnapshot } from './snapshot.ts';

const panel = (name: string, own: Partial<EmbeddingPanel> = {}): EmbeddingPanel => ({ name, ids: ['a', 'b', 'c', 'd'], labels: [0, 1, 6, 0], positions: Float32Array.of(0, 0, 1, 2, 3, 4, 5.5, 6), ...own });

describe('embeddingFigure', () => {
  it('draws a panel a map, a colour and a symbol a class', () => {
    matchSnapshot('embedding', embeddingFigure([panel('baseline', { measure: 'purity 41 % [36, 47]' }), panel('GCA+IAL')], { labelNames: EXPRESSIONS, title: 'A finding', subtitle: 'synthetic benchmark, 4 clips' }));
  });

  it('names each class once, and shows every clip once in each panel', () => {
    const { data } = embeddingFigure([panel('1'), panel('2'), panel('3')], { labelNames: EXPRESSIONS, title: '' });
    assert.equal(data.filter(({ showlegend }) => showlegend).length, 7);
    for (const axis of ['x', 'x2', 'x3']) assert.deepEqual(data.filter(({ xaxis }) => xaxis === axis).flatMap(({ text }) => text as string[]).sort(), ['a', 'b', 'c', 'd']);
  });
});
