import assert from 'node:assert/strict';
import { divideSettings, parametersOf } from '../../bin/notebooks/parameters.mjs';
import { code, notebook, words } from './make.ts';

const cell = (source: string): ReturnType<typeof code> => code([], 1, [], source);
const first = { file: '01.ipynb', notebook: notebook(words('params({ no: 1 })'), cell('import { params } from "x";\nconst a = 1;'), cell("const { runs, 'seed': s } = params({\n  runs: '../runs', // params({ neither: 1 })\n  'seed': 1,\n});")) };
const second = { file: '02.ipynb', notebook: notebook(cell('const { fold } = params({ fold: 1, other: [1, 2] });')) };
const plain = { file: '03.ipynb', notebook: notebook(cell('1 + 1')) };

describe('parametersOf', () => {
  it('reads the names from the call, not from comments or text cells', () => {
    assert.deepEqual(parametersOf(first.notebook), ['runs', 'seed']);
    assert.deepEqual(parametersOf(second.notebook), ['fold', 'other']);
    assert.deepEqual(parametersOf(plain.notebook), []);
  });
});

describe('divideSettings', () => {
  it('gives each notebook the settings that it has a parameter for', () => {
    const divided = divideSettings([first, second, plain], { runs: 'x', fold: 2 });
    assert.deepEqual([...divided], [['01.ipynb', { runs: 'x' }], ['02.ipynb', { fold: 2 }], ['03.ipynb', {}]]);
  });

  it('refuses a setting that none has, and says which there are', () => {
    assert.throws(() => divideSettings([first, plain], { fold: 1 }), /--set fold: no notebook here has this parameter; expected one of\n {2}01\.ipynb: runs, seed$/);
  });
});
