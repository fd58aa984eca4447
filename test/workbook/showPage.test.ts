import assert from 'node:assert/strict';
import { show } from '../../src/workbook/show.ts';
import { inNotebook, printed } from './host.ts';

describe('workbook/show of a page', () => {
  it('puts the page into a frame of its own that can reach nothing of the notebook', async () => {
    const [shown] = await inNotebook(() => show(Promise.resolve('<p title="x">&amp;</p>'), { height: 300 }));
    const html = shown!.data['text/html'] as string;
    assert.match(html, /srcdoc="&lt;p title=&quot;x&quot;&gt;&amp;amp;&lt;\/p&gt;"/);
    assert.match(html, /sandbox="allow-scripts allow-downloads"/);
    assert.match(html, /height="300"/);
    assert.match(shown!.data['text/plain'] as string, /\[page\] explorer/);
  });

  it('prints a line outside of a notebook', async () => { assert.match((await printed(() => show('<p></p>')))[0]!, /\[page\]/); });
});
