import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openClip } from '../../src/data/clipInput.ts';
import { Interrupted } from '../../src/errors.ts';
import { temporaryFolder } from '../runs/support.ts';
import { hasFfmpeg, makeVideo } from './videos.ts';
import { inOneLine } from '../refusal.ts';

const refused = (made: Promise<unknown>, expected: RegExp): Promise<void> => assert.rejects(made, inOneLine(expected));

describe('data/videoClip', () => {
  const folder = temporaryFolder();
  const at = (name: string): string => join(folder(), name);

  describe('with ffmpeg', () => {
    before(function () {
      if (hasFfmpeg) return;
      console.log('        ffmpeg is not installed');
      this.skip();
    });

    it('counts the frames and decodes those that are asked for, in any order, once each', async () => {
      makeVideo(at('a.mkv'), 20);
      const clip = await openClip(at('a.mkv'));
      assert.deepEqual([clip.count, clip.names[19]], [20, 'frame 19']);
      const frames = await clip.frames([7, 0, 19, 7]);
      assert.deepEqual(frames.map(({ width, height, data }) => [width, height, data.length, data[0], data.at(-1)]), [7, 0, 19, 7].map((i) => [8, 6, 144, 10 * i, 10 * i]));
    });

    it('a varying rate neither repeats nor drops frames', async () => {
      // frames 0, 1, 2, then one in three
      makeVideo(at('v.mkv'), 12, ['-vf', 'select=lt(n\\,3)+not(mod(n\\,3))', '-fps_mode', 'vfr']);
      const clip = await openClip(at('v.mkv'));
      assert.equal(clip.count, 6);
      assert.deepEqual((await clip.frames([0, 1, 2, 3, 4, 5])).map(({ data }) => data[0]), [0, 10, 20, 30, 60, 90]);
    });

    it('refuses what is no video, and what ends before its frames', async () => {
      writeFileSync(at('a.mp4'), 'not a video');
      await refused(openClip(at('a.mp4')), /a\.mp4: ffmpeg cannot decode it as a video: .*Invalid data/);
      makeVideo(at('b.mkv'), 20);
      const clip = await openClip(at('b.mkv'));
      truncateSync(at('b.mkv'), Math.floor(statSync(at('b.mkv')).size / 2));
      await refused(clip.frames([1, 19]), /b\.mkv: (expected 2 frames of it from ffmpeg, got 1|ffmpeg cannot decode)/);
    });

    it('a playlist in a video\'s place reads no address', async () => {
      writeFileSync(at('list.m3u8'), '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n');
      await refused(openClip(at('list.m3u8')), /list\.m3u8: (ffmpeg cannot decode|expected a video)/);
    });

    it('stops when asked to', async () => {
      makeVideo(at('c.mkv'), 5);
      await assert.rejects(openClip(at('c.mkv'), AbortSignal.abort()), Interrupted);
      const controller = new AbortController(), opening = openClip(at('c.mkv'), controller.signal);
      setImmediate(() => { controller.abort(); });
      await assert.rejects(opening, Interrupted);
    });
  });

  it('says in one line that ffmpeg is not there', async () => {
    const { PATH } = process.env;
    writeFileSync(at('a.mp4'), 'any');
    process.env['PATH'] = folder();
    try {
      await refused(openClip(at('a.mp4')), /a\.mp4: a video file needs ffmpeg, which is not installed .*; or pass a folder of its frames$/);
    } finally { process.env['PATH'] = PATH; }
  });
});
