import assert from 'node:assert/strict';
import { decodeModel } from '../../../src/explorer/page/model.ts';
import { createStore, decodeList, decodeState, encodeList, encodeState, initialState } from '../../../src/explorer/page/state.ts';
import { manyPoints } from '../points.ts';

describe('explorer/page/state', () => {
  const model = decodeModel(manyPoints(70));

  it('comes back from its address as it was', () => {
    const state = { ...initialState(model), colour: 'margin', mode: 'lasso', selection: [2, 3, 69], pinned: 5, intensity: [0.2, 0.7], space: 'raw', lines: true, shapes: true, theme: 'dark', keys: 'map', camera: { x: -0.25, y: 1, zoom: 3 } } as const;
    assert.deepEqual(decodeState(`#${encodeState(state, model)}`, model), state);
    assert.equal(encodeState(initialState(model), model), '');
  });

  it('passes over what an address cannot mean here', () => {
    assert.deepEqual(decodeState('#colour=x&run=7&epochs=9&clip=none&camera=1,2&intensity=0.9-0.1', model), initialState(model));
    assert.deepEqual(decodeState('#clips=0.1.zz', model).selection, [0, 1]);
    assert.equal(decodeState('#camera=0,0,1e9', model).camera.zoom, 200);
  });

  it('writes ascending numbers as differences', () => {
    assert.equal(encodeList([0, 1, 37]), '0.1.10');
    assert.deepEqual(decodeList('0.1.10', 100), [0, 1, 37]);
  });

  it('tells listeners the state before and after', () => {
    const store = createStore(initialState(model)), heard: unknown[] = [];
    store.listen((state, before) => { heard.push([before.run, state.run]); });
    store.set({ run: 1 });
    assert.deepEqual(heard, [[0, 1]]);
  });
});
