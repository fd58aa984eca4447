import assert from 'node:assert/strict';
import { compareNotebooks } from '../../bin/notebooks/compare.mjs';
import { PLOTLY, code, notebook, printed, shown } from './make.ts';

const compare = (before: Parameters<typeof code>[0], after: typeof before, tags: readonly string[] = []): string[] => compareNotebooks('a.ipynb', notebook(code(before, 1, tags)), notebook(code(after)));
const figure = (y: readonly number[], png = 'x') => shown({ [PLOTLY]: { data: [{ y }] }, 'image/png': png });

describe('compareNotebooks(file, committed, executed)', () => {
  it('accepts what is the same, the last digits of a figure and its picture apart', () => {
    const outputs = [printed('UAR 62.5\n'), shown({ 'text/plain': 'a' })];
    assert.deepEqual(compare(outputs, outputs), []);
    assert.deepEqual(compare([figure([0.1])], [figure([0.1 + 1e-12], 'y')]), []);
  });

  it('names the cell and both numbers of a text', () => {
    assert.deepEqual(compare([printed('UAR 62.5\n')], [printed('UAR 62.4\n')]), ['a.ipynb, code cell 1: committed "UAR 62.5", now "UAR 62.4"']);
    assert.match(compare([shown({ 'text/html': '<td>a</td>', 'text/plain': 'a  62.5' })], [shown({ 'text/html': '<td>b</td>', 'text/plain': 'a  62.4' })])[0]!, /committed "a {2}62\.5"/);
    assert.match(compare([shown({ 'text/html': '<td>62.5</td>' })], [shown({ 'text/html': '<td>62.4</td>' })])[0]!, /committed "62\.5", now "62\.4"/);
  });

  it('names the place of a number in a figure', () => {
    assert.deepEqual(compare([figure([1, 0.5])], [figure([1, 0.51])]), ['a.ipynb, code cell 1: figure.data[0].y[1]: committed 0.5, now 0.51']);
  });

  it('tells outputs that are missing or new', () => {
    assert.match(compare([printed('a')], [printed('a'), figure([1])])[0]!, /1 outputs committed, 2 now/);
    assert.match(compare([figure([1])], [])[0]!, /figure: committed .* now $/);
    assert.match(compare([printed('a\n')], [printed('a\nb\n')])[0]!, /now "b"/);
  });

  it('joins a stream that came in pieces, and leaves out stderr', () => {
    assert.deepEqual(compare([printed('a\nb\n'), printed('slow\n', 'stderr')], [printed('a\n'), printed('b\n')]), []);
  });

  it('leaves out what varies: a cell by its tag, an output by its mark', () => {
    assert.deepEqual(compare([printed('3 s')], [printed('4 s')], ['varies']), []);
    assert.deepEqual(compare([shown({ 'text/plain': '3 s' }, { workbook: { varies: true } })], [shown({ 'text/plain': '4 s' }, { workbook: { varies: true } })]), []);
  });

  it('stops after the first few cells', () => {
    const [before, after] = ['a', 'b'].map((text) => notebook(...Array.from({ length: 9 }, () => code([printed(text)]))));
    const lines = compareNotebooks('a.ipynb', before!, after!);
    assert.deepEqual([lines.length, lines.at(-1)], [6, 'a.ipynb: 4 more cells differ']);
  });
});
