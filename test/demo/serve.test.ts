// The server of a demo: this machine, these files, nothing else.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { DEMO_KIND } from '../../src/demo/manifest.ts';
import { serveDemo, type Served } from '../../src/demo/serve.ts';

describe('demo/serve', () => {
  let dir: string, served: Served;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ial-serve-'));
    const files = { 'demo.json': JSON.stringify({ kind: DEMO_KIND }), 'index.html': '<p>page', 'worker.js': '1', 'weights.safetensors': 'w', 'private.txt': 'no', 'x.wasm': 'm' };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
    served = await serveDemo(dir);
  });
  after(async () => {
    await served.close();
    await rm(dir, { recursive: true, force: true });
  });

  /** fetch would tidy the path and the Host header. */
  const ask = (path: string, { method = 'GET', host }: { method?: string; host?: string } = {}): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> => new Promise((resolve, reject) => {
    const { port } = new URL(served.url);
    request({ port, host: '127.0.0.1', path, method, headers: { host: host ?? `127.0.0.1:${port}` } }, (response) => { response.resume(); resolve({ status: response.statusCode!, headers: response.headers }); }).on('error', reject).end();
  });

  it('gives the page under a strict policy, and each file as what it is', async () => {
    const response = await fetch(served.url);
    assert.equal(await response.text(), '<p>page');
    const policy = response.headers.get('content-security-policy')!;
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';.*frame-ancestors 'none'$/);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:|\*/);
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await ask('/x.wasm?v=1')).headers['content-type'], 'application/wasm');
    assert.equal((await ask('/weights.safetensors', { method: 'HEAD' })).headers['content-length'], '1');
  });

  it('gives nothing else: no other file, no path, no other method, nothing to a foreign name', async () => {
    for (const path of ['/private.txt', '/../../etc/passwd', '/%2e%2e/private.txt', '/./demo.json', '//demo.json', '/none.js']) assert.equal((await ask(path)).status, 404, path);
    assert.equal((await ask('/', { method: 'POST' })).status, 405);
    assert.equal((await ask('/', { host: 'evil.example' })).status, 403);
    assert.equal((await ask('/', { host: 'localhost:1' })).status, 200);
  });

  it('listens on the loopback address alone', async () => {
    const outer = Object.values(networkInterfaces()).flat().find((one) => one && !one.internal && one.family === 'IPv4');
    if (outer) await assert.rejects(new Promise((resolve, reject) => { get({ host: outer.address, port: new URL(served.url).port, timeout: 2000 }, resolve).on('error', reject).on('timeout', () => { reject(new Error('no answer')); }); }));
    assert.match(served.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it('says when the port is taken or the folder holds no demo', async () => {
    await assert.rejects(serveDemo(dir, Number(new URL(served.url).port)), (error: unknown) => error instanceof UserError && /--port \d+: taken by another program/.test(error.message));
    await assert.rejects(serveDemo(tmpdir()), (error: unknown) => error instanceof UserError && /expected a folder that ial demo wrote, found another/.test(error.message));
    await assert.rejects(serveDemo(join(dir, 'none')), /found none/);
  });
});
