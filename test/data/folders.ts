// Dataset folders for the tests, made in the machine's temporary folder and removed after each test.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const made: string[] = [];

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ial-data-'));
  made.push(folder);
  return folder;
}

export const removeTemporaryFolders = (): Promise<void[]> => Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));

/** Writes files, `{ 'a/b.csv': 'text' }`, making their folders. */
export async function writeTree(root: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

/** Frame folders without pictures: the reader looks at names only. */
export const emptyFrames = (folder: string, clips: Readonly<Record<string, number>>, name = (clip: string, frame: number): string => `${clip}_${String(frame).padStart(5, '0')}.jpg`): Record<string, string> =>
  Object.fromEntries(Object.entries(clips).flatMap(([clip, count]) => Array.from({ length: count }, (_, i) => [`${folder}/${clip}/${name(clip, i + 1)}`, ''])));

/** A picture with structure at several scales, different for each seed: [height, width, 3]. */
export function picture(width: number, height: number, seed = 0): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    data[i] = Math.round(128 + 60 * Math.sin(x / 5 + seed + c) + 40 * Math.cos(y / 3 - c) + ((Math.imul(i + seed * 31, 2654435761) >>> 24) % 24) - 12);
  }
  return data;
}

export const jpeg = (width: number, height: number, seed = 0): Promise<Buffer> =>
  sharp(picture(width, height, seed), { raw: { width, height, channels: 3 } }).jpeg({ quality: 92 }).toBuffer();

/** An official DFEW folder of fold 1 with empty frames: clips 1..train for training, the rest for testing. */
export function officialDfew(train: readonly (readonly [string, number])[], test: readonly (readonly [string, number])[], frames = 3): Record<string, string> {
  const list = (rows: readonly (readonly [string, number])[]): string => `video_name,label\n${rows.map(([id, label]) => `${id},${label}`).join('\n')}\n`;
  const clips = Object.fromEntries([...train, ...test].map(([id]) => [id.padStart(5, '0'), frames]));
  return {
    'EmoLabel_DataSplit/train(single-labeled)/set_1.csv': list(train),
    'EmoLabel_DataSplit/test(single-labeled)/set_1.csv': list(test),
    ...emptyFrames('Clip/clip_224x224', clips),
  };
}
