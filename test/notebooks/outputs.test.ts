import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOutputs } from '../../bin/notebooks/outputs.mjs';
import { PLOTLY, code, notebook, printed, shown, words, type Output } from './make.ts';

describe('checkOutputs(root, files)', () => {
  let root: string;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'outputs-'));
    mkdirSync(join(root, 'src', 'experiments'), { recursive: true });
    writeFileSync(join(root, 'src', 'experiments', 'published.ts'), 'export const UAR = 55.71;\n');
  });
  after(() => { rmSync(root, { recursive: true }); });

  const check = (...cells: Parameters<typeof notebook>): string[] => {
    writeFileSync(join(root, 'a.ipynb'), JSON.stringify(notebook(...cells)));
    return checkOutputs(root, ['a.ipynb']);
  };
  const problem = (output: Output): string => check(code([output])).join('\n');
  const jpeg = { 'image/jpeg': '/9j/', 'text/plain': '[frames]' };

  it('accepts texts, tables, figures with their PNG, and frames of the synthetic benchmark', () => {
    const figure = { [PLOTLY]: { data: [] }, 'image/png': 'iVBO', 'text/plain': '[figure]' };
    assert.deepEqual(check(code([printed('UAR 62.5 of 55.71')]), code([shown(figure), shown(jpeg, { workbook: { frames: 'synthetic' } })], 2), words('GCA+IAL has 62.5; published 55.71')), []);
  });

  it('refuses frames that are marked as licensed', () => {
    assert.match(problem(shown(jpeg, { workbook: { frames: 'licensed' } })), /a\.ipynb, code cell 1: frames of a licensed set .*must not be committed/);
  });

  const pictures: readonly (readonly [string, Output])[] = [
    ['an image', shown(jpeg)],
    ['a PNG without a figure', shown({ 'image/png': 'iVBO' })],
    ['an image within HTML', shown({ 'text/html': '<img src="data:image/jpeg;base64,/9j/">' })],
    ['an image within a figure', shown({ [PLOTLY]: { layout: { images: [{ source: 'data:image/png;base64,iVBO' }] } }, 'image/png': 'iVBO' })],
    ['pixels within a figure', shown({ [PLOTLY]: { data: [{ type: 'image', z: [] }] }, 'image/png': 'iVBO' })],
    ['a video', shown({ 'text/html': '<video src="a.mp4"></video>' })],
  ];
  for (const [name, output] of pictures) {
    it(`refuses ${name} that is not marked`, () => { assert.match(problem(output), /not marked as frames of the synthetic benchmark/); });
  }

  it('refuses pictures in text cells', () => { assert.match(check(words('![](data:image/png;base64,iVBO)')).join(), /cell 1: a picture in a text cell/); });

  it('refuses errors, cells that were not run in order, figures without a PNG', () => {
    assert.match(problem({ output_type: 'error' }), /an error is committed/);
    assert.match(check(code([], 2)).join(), /code cell 1: not executed in order/);
    assert.match(check(code([], null)).join(), /code cell 1: not executed; run npm run notebooks/);
    assert.match(problem(shown({ [PLOTLY]: { data: [] } })), /without a PNG/);
  });

  it('refuses outputs that are too large, alone and together', () => {
    assert.match(problem(printed('x'.repeat(2_100_000))), /an output of 2\.1 MB, expected at most 2\.0 MB/);
    assert.match(check(...Array.from({ length: 7 }, (_, i) => code([printed('x'.repeat(1_900_000))], i + 1))).join(), /the notebooks' outputs have 13\.3 MB, expected at most 12\.0 MB/);
  });

  it('refuses paths of one machine', () => {
    assert.match(problem(printed('reading /home/me/data\n')), /a path of one machine: \/home\/me/);
    assert.deepEqual(check(code([printed('reading ../figures/runs, 3/4\n')])), []);
  });

  it('refuses a decimal in the prose that nothing shows', () => {
    assert.match(check(code([printed('62.5')]), words('It has **62.4** %.')).join(), /cell 2: 62\.4 in the text, which no output shows/);
    assert.deepEqual(check(words('Weight 0.1, [2208.10335](https://a/v1.25), `--x 3.75`, $1.25$, version 1.2.3')), []);
  });

  it('refuses another kernel', () => {
    writeFileSync(join(root, 'b.ipynb'), JSON.stringify({ cells: [], metadata: { kernelspec: { name: 'python3' } } }));
    assert.match(checkOutputs(root, ['b.ipynb']).join(), /expected the kernel workbook, found python3/);
  });
});
