// The page as one text: everything inside, nothing fetched. Its content-security policy allows the one script and the one
// style that it was made with, by their hashes, and pictures from inside it; so no text of a dataset can ever run.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pageScript } from './pageScript.ts';
import type { PageData } from './types.ts';

export interface PageCode { readonly script: string; readonly style: string }

const beside = (name: string): URL => new URL(name, import.meta.url);
let made: Promise<PageCode> | undefined;

/** Made once a process. @throws UserError in a checkout without esbuild. */
export const pageCode = (): Promise<PageCode> => (made ??= Promise.all([pageScript(beside('page/main.ts')), readFile(fileURLToPath(beside('page/style.css')), 'utf8')]).then(([script, style]) => ({ script, style })));

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeText = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

/** JSON inside a script element: a "<" would let a name end the element. */
export const escapeJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** @param hasFolder sprites are files beside the page */
export function policy({ script, style }: PageCode, hasFolder: boolean): string {
  return [
    'default-src \'none\'', `script-src ${hashOf(script)}`, `style-src ${hashOf(style)}`, `img-src data:${hasFolder ? ' \'self\' file:' : ''}`,
    'base-uri \'none\'', 'form-action \'none\'',
  ].join('; ');
}

export function pageHtml(data: PageData, code: PageCode): string {
  const safe = { script: code.script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'), style: code.style };
  const title = `${data.runs.map(({ name }) => name).join(' and ')}: explorer`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(safe, data.frames?.folder !== undefined)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeText(title)}</title>
<style>${safe.style}</style>
</head>
<body>
<noscript>This page needs JavaScript; everything is inside it and nothing is fetched.</noscript>
<div id="app"></div>
<script type="application/json" id="data">${escapeJson(data)}</script>
<script>${safe.script}</script>
</body>
</html>
`;
}
