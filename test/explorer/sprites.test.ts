import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { Interrupted, UserError } from '../../src/errors.ts';
import { packSprites, SIZES, spriteFrames, writeSpriteFolder } from '../../src/explorer/sprites.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('explorer/sprites', () => {
  const dir = temporaryFolder();
  const frames = async (clips: number, count = 10): Promise<string[][]> => Promise.all(Array.from({ length: clips }, async (_, clip) => Promise.all(Array.from({ length: count }, async (__, i) => {
    const file = join(dir(), `${clip}-${i}.jpg`), data = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (___, at) => (at * 7 + at * at * (i + clip)) % 256));
    await sharp(data, { raw: { width: 64, height: 64, channels: 3 } }).jpeg().toFile(file);
    return file;
  }))));

  it('takes the middle frame of each part, and every frame of a short clip once', () => {
    assert.deepEqual(spriteFrames(16, 4), [2, 6, 10, 14]);
    assert.deepEqual(spriteFrames(3, 8), [0, 1, 2]);
  });

  it('keeps within its budget: fewer and smaller frames, then none', async () => {
    const clips = await frames(6), sizes: number[] = [];
    for (const budget of [1e6, 20_000, 6000]) {
      const packed = await packSprites(clips, { seed: 1, budget });
      assert.ok(packed, String(budget));
      assert.ok(packed.sprites!.reduce((sum, text) => sum + text.length, 0) <= budget);
      sizes.push(packed.count * packed.side);
    }
    assert.equal(sizes[0], SIZES[0]!.count * SIZES[0]!.side);
    assert.ok(sizes[0]! > sizes[1]! && sizes[1]! > sizes[2]!, sizes.join());
    assert.equal(await packSprites(clips, { seed: 1, budget: 300 }), undefined);
  });

  it('a sprite is a picture of its frames side by side; a clip without frames has none', async () => {
    const packed = await packSprites([...await frames(1, 5), []], { seed: 1, budget: 1e6 });
    const { width, height, format } = await sharp(Buffer.from(packed!.sprites![0]!, 'base64')).metadata();
    assert.deepEqual([width, height, format, packed!.sprites![1]], [5 * 80, 80, 'webp', '']);
  });

  it('writes a folder whole, by number, or not at all', async () => {
    const out = join(dir(), 'page-frames'), clips = await frames(2, 2);
    assert.equal((await writeSpriteFolder(clips, out, 'page-frames', {})).folder, 'page-frames');
    assert.deepEqual(readdirSync(out).sort(), ['000000.webp', '000001.webp']);
    const before = readFileSync(join(out, '000000.webp'));
    await assert.rejects(writeSpriteFolder([...clips, [join(dir(), 'absent.jpg')]], out, 'page-frames', {}), (error) => error instanceof UserError && /absent\.jpg: expected a readable image/.test(error.message));
    assert.deepEqual(readFileSync(join(out, '000000.webp')), before);
    assert.deepEqual(readdirSync(dir()).filter((name) => name.startsWith('.tmp')), []);
    await assert.rejects(writeSpriteFolder(clips, join(dir(), 'x'), 'x', { signal: AbortSignal.abort() }), Interrupted);
    assert.ok(!existsSync(join(dir(), 'x')));
  });
});
