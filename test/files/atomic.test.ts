import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeLeftovers, replaceFolder, temporaryName, writeFileAtomic } from '../../src/files/atomic.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('atomic writes', () => {
  const folder = temporaryFolder();

  it('writeFileAtomic replaces a file and leaves nothing beside it', async () => {
    const file = join(folder(), 'last');
    await writeFileAtomic(file, 'one');
    await writeFileAtomic(file, new TextEncoder().encode('two'));
    assert.equal(readFileSync(file, 'utf8'), 'two');
    assert.deepEqual(readdirSync(folder()), ['last']);
  });

  it('writeFileAtomic names the file that it could not write, and keeps the old one', async () => {
    await assert.rejects(writeFileAtomic(join(folder(), 'none', 'last'), 'x'), /last: cannot write: no such file or folder/);
    writeFileSync(join(folder(), 'file'), 'kept');
    await assert.rejects(writeFileAtomic(join(folder(), 'file', 'last'), 'x'), /cannot write: expected a folder, found a file/);
    assert.equal(readFileSync(join(folder(), 'file'), 'utf8'), 'kept');
  });

  it('writeFileAtomic says that the disk is full (Linux\'s /dev/full stands for one)', async function () {
    if (process.platform !== 'linux') this.skip();
    const { writeFlushed } = await import('../../src/files/atomic.ts');
    const { fileError } = await import('../../src/files/failure.ts');
    await assert.rejects(writeFlushed('/dev/full', 'x').catch((error: unknown) => { throw fileError(error, 'weights', 'write'); }), /^UserError: weights: cannot write: the disk is full/);
  });

  it('writers of one file at the same time leave one whole content', async () => {
    const file = join(folder(), 'best');
    await Promise.all(['a', 'b', 'c', 'd'].map((letter) => writeFileAtomic(file, letter.repeat(50_000))));
    assert.match(readFileSync(file, 'utf8'), /^(a{50000}|b{50000}|c{50000}|d{50000})$/);
  });

  it('replaceFolder puts a folder in place, over an older one too', async () => {
    const final = join(folder(), '0001');
    for (const content of ['old', 'new']) {
      const temporary = temporaryName(final);
      mkdirSync(temporary);
      writeFileSync(join(temporary, 'state.json'), content);
      await replaceFolder(temporary, final);
    }
    assert.equal(readFileSync(join(final, 'state.json'), 'utf8'), 'new');
    assert.deepEqual(readdirSync(folder()), ['0001']);
    await assert.rejects(replaceFolder(join(folder(), 'none'), final), /0001: cannot write: no such file or folder/);
  });

  it('removeLeftovers removes what killed processes left and nothing else', async () => {
    mkdirSync(temporaryName(join(folder(), '0001')));
    writeFileSync(temporaryName(join(folder(), 'last')), '');
    writeFileSync(join(folder(), 'last'), '');
    await removeLeftovers(folder());
    assert.deepEqual(readdirSync(folder()), ['last']);
    await removeLeftovers(join(folder(), 'none'));
  });
});
