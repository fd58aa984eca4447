import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { decodeFrame } from '../../src/data/decode.ts';
import { UserError } from '../../src/errors.ts';
import { inOneLine } from '../refusal.ts';
import { jpeg, picture, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';

const raw = (): Sharp => sharp(picture(24, 16), { raw: { width: 24, height: 16, channels: 3 } });

async function decoded(name: string, content: Buffer) {
  const root = await temporaryFolder();
  await writeTree(root, { [name]: content });
  return decodeFrame(join(root, name), '00001');
}

const fails = async (name: string, content: Buffer, found: RegExp): Promise<void> =>
  assert.rejects(decoded(name, content), (error: Error) => error instanceof UserError && !error.message.includes('\n') && (assert.match(error.message, new RegExp(`${name}: expected a readable image of clip 00001, found ${found.source}.*--on-bad-clip skip`)), true));

describe('decodeFrame', () => {
  afterEach(removeTemporaryFolders);

  it('gives the pixels of a lossless picture, three bytes each', async () => {
    const image = await decoded('1.png', await raw().png().toBuffer());
    assert.deepEqual([image.width, image.height], [24, 16]);
    assert.deepEqual(Buffer.from(image.data), picture(24, 16));
  });

  const formats: readonly (readonly [string, string, () => Promise<Buffer>])[] = [
    ['a grey JPEG', '1.jpg', () => raw().greyscale().jpeg().toBuffer()],
    ['a CMYK JPEG', '1.jpg', () => raw().toColourspace('cmyk').jpeg().toBuffer()],
    ['a 16-bit PNG', '1.png', () => raw().toColourspace('rgb16').png().toBuffer()],
    ['a 16-bit grey PNG', '1.png', () => raw().toColourspace('grey16').png().toBuffer()],
    ['a PNG with alpha', '1.png', () => raw().ensureAlpha(0.5).png().toBuffer()],
    ['a PNG with a palette', '1.png', () => raw().png({ palette: true }).toBuffer()],
    ['a PNG named .jpg', '1.jpg', () => raw().png().toBuffer()],
    ['a WebP', '1.webp', () => raw().webp().toBuffer()],
    ['a name with spaces and accents', 'visage é 1.jpg', () => raw().jpeg().toBuffer()],
  ];
  for (const [what, name, make] of formats) {
    it(`reads ${what} as three channels of about the same picture`, async () => {
      const image = await decoded(name, await make());
      assert.equal(image.data.length, 24 * 16 * 3);
      const grey = (data: Uint8Array): number => data.reduce((sum, value) => sum + value, 0) / data.length;
      assert.ok(Math.abs(grey(image.data) - grey(picture(24, 16))) < 12, `${grey(image.data)}`);
    });
  }

  it('reads a single pixel and a very wide frame', async () => {
    assert.deepEqual([...(await decoded('1.png', await sharp(Buffer.from([1, 2, 3]), { raw: { width: 1, height: 1, channels: 3 } }).png().toBuffer())).data], [1, 2, 3]);
    const wide = await decoded('1.jpg', await sharp({ create: { width: 10_000, height: 4, channels: 3, background: 'red' } }).jpeg().toBuffer());
    assert.equal(wide.data.length, 10_000 * 4 * 3);
  });

  it('reports a truncated JPEG, however little is missing', async () => {
    const whole = await jpeg(32, 32);
    await fails('cut.jpg', whole.subarray(0, whole.length / 2), /.*premature end/);
    await fails('cut.jpg', whole.subarray(0, whole.length - 2), /.*premature end/);
  });

  it('reports an empty file, a text, a folder, a missing file and a picture of too many pixels', async () => {
    await fails('empty.jpg', Buffer.alloc(0), /an empty file/);
    await fails('text.jpg', Buffer.from('not a picture'), /a file with unsupported image format/);
    await fails('huge.png', await sharp({ create: { width: 10_000, height: 2000, channels: 3, background: 'red' } }).png().toBuffer(), /.*exceeds pixel limit/);
    const root = await temporaryFolder();
    await mkdir(join(root, 'folder.jpg'));
    await assert.rejects(decodeFrame(join(root, 'folder.jpg'), '7'), /folder\.jpg: expected a readable image of clip 7, found a folder/);
    await assert.rejects(decodeFrame(join(root, 'gone.jpg'), '7'), /found no such file/);
  });

  it('opens nothing but files: no pipe, which would keep it waiting, no device, which has no end, no socket', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await temporaryFolder(), at = (name: string): string => join(root, name);
    execFileSync('mkfifo', [at('1.jpg')]);
    await symlink('/dev/zero', at('2.jpg'));
    const server = createServer().listen(at('3.jpg'));
    await once(server, 'listening');
    for (const [name, found] of [['1.jpg', 'a pipe, not a file'], ['2.jpg', 'a device, not a file'], ['3.jpg', 'a socket or a device, not a file']] as const) await assert.rejects(decodeFrame(at(name), '7'), inOneLine(new RegExp(`${name}: expected a readable image of clip 7, found ${found}; restore the file`)));
    server.close();
    await writeTree(root, { 'whole.png': await raw().png().toBuffer() });
    await symlink(at('whole.png'), at('4.jpg'));
    assert.equal((await decodeFrame(at('4.jpg'), '7')).width, 24, 'a link to a file is a file');
  });
});
