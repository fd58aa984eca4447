import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { escapeJson, pageHtml, policy } from '../../src/explorer/html.ts';
import type { PageData } from '../../src/explorer/types.ts';

const EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028';
const run = { name: EVIL, what: 'x', fold: 1, seed: 1, isLeaky: false, snapshots: [] };
const page: PageData = {
  version: 1, split: 'test', datasetName: 'dfew', isSynthetic: true, labelNames: ['a', 'b'], colours: ['#000000', '#ffffff'], ids: [EVIL], labels: [0],
  attributes: [], intensity: null, frames: null, runs: [run], map: 'x', notes: [],
};
const code = { script: 'const text = "</script><!--";', style: 'body{color:red}' };

describe('explorer/html', () => {
  it('lets no name end the data or begin markup', () => {
    const html = pageHtml(page, code);
    assert.equal(html.match(/<script/g)!.length, 2);
    assert.equal(html.match(/<\/script>/g)!.length, 2);
    assert.ok(!html.includes('<img'));
    assert.match(html, /<title>&lt;\/script&gt;/);
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)![1]!;
    assert.deepEqual(JSON.parse(data), page);
  });

  it('escapes what JSON leaves but a script element does not bear', () => {
    assert.equal(escapeJson('<!--\u2028'), '"\\u003c!--\\u2028"');
  });

  it('allows nothing but its own script and style, by hash, and pictures inside it', () => {
    const html = pageHtml(page, code), csp = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const script = /<script>(.*?)<\/script>/s.exec(html)![1]!, style = /<style>(.*?)<\/style>/s.exec(html)![1]!;
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    assert.deepEqual(csp.split('; '), ['default-src \'none\'', `script-src ${hash(script)}`, `style-src ${hash(style)}`, 'img-src data:', 'base-uri \'none\'', 'form-action \'none\'']);
    assert.doesNotMatch(csp, /unsafe|http|\*/);
  });

  it('reads pictures beside it only where they are', () => { assert.match(policy(code, true), /img-src data: 'self' file:;/); });
});
