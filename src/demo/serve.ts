// Serves a demo's folder to this machine alone. It knows the names of its files beforehand, so that no path is ever taken from a request.
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { CONTENT_SECURITY_POLICY, FILES } from './manifest.ts';
import { readManifest } from './write.ts';

export interface Served {
  /** Where the page is, e.g. http://127.0.0.1:40321/ */
  readonly url: string;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json',
  '.png': 'image/png', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.safetensors': 'application/octet-stream',
};

/** No other page may frame it, open it or read its files. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `${CONTENT_SECURITY_POLICY}; frame-ancestors 'none'`,
  'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(self), microphone=(), geolocation=()', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache',
};

const LOOPBACK = '127.0.0.1';

/** @param port 0 for a free one @throws UserError where the folder holds no demo or the port is taken. */
export async function serveDemo(dir: string, port = 0): Promise<Served> {
  await readManifest(dir);
  const names = new Set(readdirSync(dir).filter((name) => extname(name) in TYPES));
  const server = createServer((request, response) => { void answer(request, response, dir, names); });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => { reject(error.code === 'EADDRINUSE' ? new UserError(`--port ${port}: taken by another program; leave it out for a free one`) : error.code === 'EACCES' ? new UserError(`--port ${port}: may not be used by this user; leave it out for a free one`) : error); });
    server.listen(port, LOOPBACK, resolve);
  });
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}

/** Another site's name that was made to point here (DNS rebinding) shows in the Host header. */
const isLocal = (host: string | undefined): boolean => /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host ?? '');

async function answer({ method, url = '/', headers }: IncomingMessage, response: ServerResponse, dir: string, names: ReadonlySet<string>): Promise<void> {
  const path = url.split('?')[0]!, name = path === '/' ? FILES.page : path.slice(1);
  const refuse = (status: number, text: string): void => { response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`); };
  if (!isLocal(headers.host)) { refuse(403, 'this page is served to this machine only'); return; }
  if (method !== 'GET' && method !== 'HEAD') { refuse(405, 'only GET'); return; }
  if (!names.has(name)) { refuse(404, 'no such file'); return; }
  try {
    const data = await readFile(join(dir, name));
    response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(name)]!, 'content-length': data.length }).end(method === 'HEAD' ? undefined : data);
  } catch {
    refuse(410, 'the file has gone: write the demo again');
  }
}
