import assert from 'node:assert/strict';
import { frame, table, tableText } from '../../src/workbook/index.ts';
import { inNotebook, printed } from './host.ts';

describe('table', () => {
  const rows = [{ run: 'baseline', uar: 0.123, clips: 12345 }, { run: 'a<b', uar: -2.5, clips: null }];

  it('aligns numbers to the right, with separators and a true minus', () => {
    assert.equal(tableText(rows), [
      'run        uar   clips',
      '--------  ----  ------',
      'baseline   0.1  12,345',
      'a<b       −2.5       –',
    ].join('\n'));
  });

  it('breaks lines in HTML, not in text', async () => {
    const broken = [{ 'a\nhead': 'first\nsecond' }];
    assert.equal(tableText(broken), 'a head\n------------\nfirst second');
    const [shown] = await inNotebook(() => table(broken));
    assert.match(String(shown!.data['text/html']), /<th[^>]*>a<br>head<.*<td[^>]*>first<br>second</);
  });

  it('takes a data frame', () => {
    assert.equal(tableText({ columns: ['a', 'b'], values: [[1, 'x'], [2, 'y']] }), 'a  b\n-  -\n1  x\n2  y');
  });

  it('takes one of danfojs', async () => {
    const runs = await frame([{ run: 'a', uar: 1.25 }, { run: 'b', uar: 3 }, { run: 'a', uar: 2.75 }]);
    assert.equal(tableText(runs.groupby(['run']).col(['uar']).mean()), 'run  uar_mean\n---  --------\na           2\nb           3');
  });

  it('shows the named columns in their order', () => {
    assert.equal(tableText(rows, { columns: ['clips', 'run'], caption: 'two' }).split('\n').slice(0, 2).join('|'), 'two| clips  run');
  });

  it('shows HTML in a notebook, escaped, with the text beside', async () => {
    const [shown] = await inNotebook(() => table(rows));
    assert.match(String(shown!.data['text/html']), /<td style="text-align:left">a&lt;b<\/td>/);
    assert.equal(shown!.data['text/plain'], tableText(rows));
  });

  it('prints text outside of a notebook', async () => {
    assert.deepEqual(await printed(() => table([{ a: 1 }])), ['a\n-\n1']);
  });
});
