// The way of the data: nothing imports upward, and the network knows nothing of Node.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));

/** From the ground up; a part may import from itself and from parts before it. */
const ORDER = ['errors', 'files', 'labels', 'random', 'config', 'engine', 'data', 'model', 'losses', 'runs', 'train', 'evaluate', 'figures', 'explorer', 'experiments', 'demo', 'bench', 'progress', 'workbook', 'cli', 'index'];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.includes('__'));
const partOf = (file: string): string => file.split(/[/\\]/)[0]!.replace(/\.ts$/, '');
const importsOf = (file: string): string[] =>
  [...readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);

describe('architecture', () => {
  it('every file of src belongs to a part', () => {
    for (const file of files) assert.ok(ORDER.includes(partOf(file)), file);
  });

  it('nothing imports upward', () => {
    for (const file of files) {
      for (const specifier of importsOf(file).filter((specifier) => specifier.startsWith('.'))) {
        const target = partOf(relative(src, join(src, dirname(file), specifier)));
        assert.ok(ORDER.indexOf(target) <= ORDER.indexOf(partOf(file)), `${file} imports ${specifier}`);
      }
    }
  });

  it('the network, the losses and the portable operations import nothing of Node and nothing native', () => {
    const pure = files.filter((file) => ['model', 'losses'].includes(partOf(file)) || ['engine/ops.ts', 'engine/portable.ts'].includes(file.replaceAll('\\', '/')));
    assert.ok(pure.length > 8);
    for (const file of pure) for (const specifier of importsOf(file)) assert.doesNotMatch(specifier, /^node:|tfjs-node|native|tensorflow\.ts|sharp/, file);
  });

  it('only the engine names tfjs-node', () => {
    for (const file of files.filter((file) => partOf(file) !== 'engine')) assert.doesNotMatch(readFileSync(join(src, file), 'utf8'), /from '@tensorflow\/tfjs-node/, file);
  });
});
