import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheVoice, DEFAULT_CACHE_BYTES, openDiskCache } from '../../src/data/cacheSettings.ts';
import { createLoader } from '../../src/data/loader.ts';
import { removeTemporaryFolders, temporaryFolder } from './folders.ts';

describe('openDiskCache', () => {
  afterEach(removeTemporaryFolders);

  it('makes the folder, deep down too, and shares one counter', async () => {
    const folder = join(await temporaryFolder(), 'a', 'b');
    const settings = openDiskCache({ folder });
    assert.ok(existsSync(folder));
    assert.deepEqual([settings.folder, settings.maxBytes, settings.added.byteLength], [folder, DEFAULT_CACHE_BYTES, 8]);
  });

  it('refuses a file and a folder that cannot be made, before any work', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    assert.throws(() => createLoader({ cache: { folder: file } }), /file: expected a folder for the cache, found a file; name another one with --cache/);
    assert.throws(() => createLoader({ cache: { folder: join(file, 'sub') } }), /^UserError: .*sub: cannot write: expected a folder, found a file/);
  });
});

describe('cacheVoice', () => {
  it('says once that nothing is added, and sums up what was rejected with the first reason', () => {
    const lines: string[] = [], voice = cacheVoice('/cache', (line) => lines.push(line));
    voice.hear({ rejected: 0, reason: '', stopped: 'the disk is full' });
    voice.hear({ rejected: 2, reason: 'x: its checksum is wrong', stopped: 'the disk is full' });
    voice.hear({ rejected: 1, reason: 'y' });
    voice.sumUp();
    voice.sumUp();
    voice.hear({ rejected: 1, reason: 'z' });
    voice.sumUp();
    assert.deepEqual(lines, [
      'the disk is full',
      '/cache: 3 cached frames could not be used and were decoded again; the first: x: its checksum is wrong',
      '/cache: 1 cached frame could not be used and was decoded again; z',
    ]);
  });
});
